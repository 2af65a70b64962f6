"""Pages of the log's tools: replays, the signature debugger, an application's faults."""

import re
import uuid
from datetime import timedelta

import pytest
from django.urls import reverse

from console.accounts.services.tokens import issue_token
from console.applications.services import create_application
from console.core import outbox
from console.core.models import OutboxRow
from sandbox.webhooks import replays, services
from sandbox.webhooks.chaos import Fault
from sandbox.webhooks.faults import Wanted, set_faults
from sandbox.webhooks.forms import escaped, unescaped
from sandbox.webhooks.models import FaultSetting, Purpose, Replay, WebhookDelivery
from tests.sandbox.webhooks.answer_server import answer, running
from tests.sandbox.webhooks.test_pages import LIST, delivery

pytestmark = pytest.mark.django_db
KEPT = {"headers": {"Host": "hooks.example.com"}, "params": {"From": "+12025550100"}}


@pytest.fixture
def signed_in(client, owner):
    client.force_login(owner)
    return client


@pytest.fixture
def application(account):
    return create_application(
        account=account, actor="system", name="ivr", answer_url="https://app.example.com/"
    )


def run_replays():
    for row in OutboxRow.objects.filter(kind=replays.KIND):
        outbox.run(row.pk)


@pytest.mark.usefixtures("opened")
def test_hook_05_send_again_shows_both_answers_and_what_differs(signed_in, account):
    first = "<Response>\n<Speak>Old</Speak>\n</Response>"
    second = b"<Response>\n<Speak>New</Speak>\n</Response>"
    with running(a=answer(second)) as server:
        row = delivery(account, url=server.url("/a"), response_body=first, **KEPT)
        sent = signed_in.post(reverse("webhooks:replay-new", args=[row.pk]))
        page = sent["Location"]
        waiting = signed_in.get(page)
        assert "Waiting for our sender" in waiting.text
        assert 'hx-trigger="every 1s"' in waiting.text
        run_replays()
    done = signed_in.get(page, headers={"HX-Request": "true"}).text
    assert "hx-trigger" not in done
    assert "the body has changed" in done
    assert re.search(r"diff__row--gone.*Only then: .*&lt;Speak&gt;Old", done)
    assert re.search(r"diff__row--new.*Only now: .*&lt;Speak&gt;New", done)
    assert "<html" not in done


def test_bg_09_a_replay_that_waits_for_long_says_that_it_is_delayed(signed_in, account, frozen):
    row = delivery(account, **KEPT)
    page = signed_in.post(reverse("webhooks:replay-new", args=[row.pk]))["Location"]
    frozen.advance(seconds=31)
    assert "Delayed; we have your request and keep trying." in signed_in.get(page).text


@pytest.mark.usefixtures("opened")
def test_hook_05_the_same_answer_is_said_to_be_the_same(signed_in, account, server):
    row = delivery(
        account, url=server.url("/a"), response_body="<Response><Hangup/></Response>", **KEPT
    )
    page = signed_in.post(reverse("webhooks:replay-new", args=[row.pk]))["Location"]
    run_replays()
    assert "The answer is the same as then." in signed_in.get(page).text


@pytest.mark.usefixtures("opened")
def test_hook_05_an_edited_request_goes_where_the_form_says(signed_in, account, server):
    row = delivery(account, **KEPT)
    path = reverse("webhooks:replay-new", args=[row.pk])
    assert "From=+12025550100" in signed_in.get(path).text
    given = {"url": server.url("/b"), "method": "POST", "params": "From=1\nText=a\\nb=c\n\nEmpty="}
    signed_in.post(path, given)
    run_replays()
    assert server.seen[0].target == "/b"
    assert server.seen[0].form == {"From": "1", "Text": "a\nb=c", "Empty": ""}


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"url": ""}, "Enter the URL."),
        ({"url": "ftp://hooks.example.com/"}, "must start with http"),
        ({"params": "nonsense"}, "This line is no Name=value: nonsense"),
    ],
)
def test_a_request_that_cannot_be_sent_is_explained_beside_its_field(
    signed_in, account, given, says
):
    row = delivery(account, **KEPT)
    full = {"url": "https://hooks.example.com/", "method": "POST", "params": ""} | given
    page = signed_in.post(reverse("webhooks:replay-new", args=[row.pk]), full)
    assert page.status_code == 400
    assert says in page.text
    assert not Replay.objects.exists()


def test_a_request_whose_parameters_are_gone_offers_no_replay(signed_in, account):
    row = delivery(account)
    assert "Send again" not in signed_in.get(reverse("webhooks:detail", args=[row.pk])).text
    page = signed_in.post(reverse("webhooks:replay-new", args=[row.pk]))
    assert page.status_code == 400
    assert "deleted after seven days" in page.text


def test_hook_05_the_filtered_range_goes_out_again(signed_in, account):
    for number in range(3):
        delivery(account, url=f"https://one.example.com/{number}", state="dead", **KEPT)
    delivery(account, url="https://two.example.com/", **KEPT)
    page = signed_in.get(LIST, {"outcome": "dead"})
    action = page.context["range"]
    assert f'action="{action}"' in page.text
    assert "Send these again" not in signed_in.get(LIST).text
    answered = signed_in.post(action, follow=True)
    assert "3 requests go out again" in answered.text
    assert set(Replay.objects.values_list("url", flat=True)) == {
        f"https://one.example.com/{number}" for number in range(3)
    }


def test_hook_04_what_was_given_up_is_pointed_out_for_seven_days(signed_in, account, frozen):
    delivery(account, state="dead", **KEPT)
    page = signed_in.get(LIST).text
    assert "1 notification of the last seven days was given up" in page
    assert "given up" not in signed_in.get(LIST, {"outcome": "dead"}).text.split("<table")[0]
    frozen.advance(days=7, hours=1)
    assert "last seven days" not in signed_in.get(LIST).text


def test_a_range_of_nothing_says_so(signed_in, account):
    url = reverse("webhooks:replay-range") + "?outcome=dead"
    assert "No request that we still have" in signed_in.post(url, follow=True).text


def test_an_analyst_sees_no_way_to_send_anything(client, analyst, account):
    row = delivery(account, state="dead", **KEPT)
    client.force_login(analyst)
    assert "Send" not in client.get(reverse("webhooks:detail", args=[row.pk])).text
    assert "Send these again" not in client.get(LIST, {"outcome": "dead"}).text
    assert client.post(reverse("webhooks:replay-new", args=[row.pk])).status_code == 403


def test_filters_by_url_and_time_are_in_the_accounts_zone(signed_in, account, frozen):
    account.time_zone = "America/New_York"
    account.save(update_fields=["time_zone"])
    delivery(account, url="https://one.example.com/answer/")
    noon = delivery(account, url="https://two.example.com/").started_at
    assert noon.hour == 12
    for query, expected in (
        ({"url": "answer"}, 1),
        ({"url": "EXAMPLE.com"}, 2),
        ({"since": "2026-03-02T07:00"}, 2),
        ({"since": "2026-03-02T07:01"}, 0),
        ({"until": "2026-03-02T07:01"}, 2),
        ({"until": "2026-03-02T07:00"}, 0),
    ):
        assert len(signed_in.get(LIST, query).context["page"].rows) == expected, query


def test_an_end_before_the_beginning_is_refused(signed_in, account):
    query = {"since": "2026-03-02T08:00", "until": "2026-03-02T07:00"}
    assert "The end must be after" in signed_in.get(LIST, query).text


@pytest.mark.parametrize("text", ["", "a", "a\nb", "\\n", "\\", "a\\\nb\r", "C:\\new"])
def test_a_value_survives_its_way_through_one_line(text):
    assert "\n" not in escaped(text)
    assert unescaped(escaped(text)) == text.replace("\r\n", "\n")


# The signature debugger

SIGNATURES = "/logs/signatures/"


@pytest.fixture
def sent(account, application, server, settings):
    """A genuine request of ours, as its row and as its server saw it."""
    issue_token(account)
    services.fetch_document(
        account=account, url=server.url("/a?b=2&a=1"), params={"From": "+12025550100"},
        purpose=Purpose.ANSWER, application=application.app_id,
    )  # fmt: skip
    return WebhookDelivery.objects.get(), server.seen[0]


def paste(client, url, seen, **changes):
    headers = "\n".join(f"{name}: {value}" for name, value in seen.headers.items())
    given = {"method": seen.method, "url": url, "headers": headers, "body": seen.body.decode()}
    return client.post(SIGNATURES, given | changes)


@pytest.mark.usefixtures("opened")
def test_hook_01_a_request_of_ours_is_recognised(signed_in, sent):
    row, seen = sent
    page = paste(signed_in, row.url, seen)
    assert "It matches: signed with the token" in page.text
    assert "exactly what we sent" in page.text
    assert reverse("webhooks:detail", args=[row.pk]) in page.text


@pytest.mark.usefixtures("opened")
def test_hook_01_what_differs_from_what_we_sent_is_shown(signed_in, sent):
    row, seen = sent
    page = paste(signed_in, row.url, seen, body="From=+12025550100&Extra=x").text
    assert "Genuine, but" in page
    assert "(not sent)" in page


@pytest.mark.usefixtures("opened")
def test_the_form_is_filled_in_from_the_log(signed_in, sent):
    row, _ = sent
    page = signed_in.get(SIGNATURES, {"row": str(row.pk)})
    values = page.context["form"].initial
    again = signed_in.post(SIGNATURES, values)
    assert "It matches" in again.text


@pytest.mark.usefixtures("opened")
def test_acc_09_no_token_is_on_the_page(signed_in, account, server):
    token = issue_token(account)
    services.fetch_document(
        account=account, url=server.url("/a"), params={}, purpose=Purpose.ANSWER
    )
    page = paste(signed_in, server.url("/a"), server.seen[0]).text
    assert "It matches" in page
    assert token not in page
    assert token[5:-5] not in page


def test_ten_02_a_strangers_request_is_not_looked_up(client, stranger, account):
    row = delivery(account, nonce="12345678901234567890")
    client.force_login(stranger)
    headers = "X-Plivo-Signature-V3: a\nX-Plivo-Signature-V3-Nonce: 12345678901234567890"
    given = {"method": "POST", "url": row.url, "headers": headers}
    page = client.post(SIGNATURES, given)
    assert "No request of the last 30 days has this nonce" in page.text
    assert client.get(SIGNATURES, {"row": str(row.pk)}).context["form"].initial == {}


def test_xml_04_what_was_pasted_is_shown_as_text(signed_in):
    body = '{"<b>": "<script>alert(1)</script>\\u202e"}'
    given = {"method": "POST", "url": "https://h.example.com/", "headers": "x: y", "body": body}
    page = signed_in.post(SIGNATURES, given).text
    assert "<script>alert" not in page
    assert "⟨U+202E⟩" in page


@pytest.mark.parametrize("url", ["", "h.example.com", "http://[", "http://u@h.example.com/"])
def test_a_url_that_is_none_is_refused_beside_its_field(signed_in, url):
    page = signed_in.post(SIGNATURES, {"method": "POST", "url": url, "headers": "x: y"})
    assert page.status_code == 400
    assert page.context["form"].errors["url"]


def test_only_writers_may_see_what_a_token_signs(client, analyst, account):
    client.force_login(analyst)
    assert client.get(SIGNATURES).status_code == 403


def test_checks_are_counted_by_the_minute(signed_in, settings):
    from dataclasses import replace

    settings.TRUST = replace(settings.TRUST, signature_checks_minute=2)
    given = {"method": "POST", "url": "https://h.example.com/", "headers": "x: y"}
    statuses = [signed_in.post(SIGNATURES, given).status_code for _ in range(3)]
    assert statuses == [200, 200, 429]


# Faults


def test_faults_are_set_and_ended_on_their_page(signed_in, application):
    path = reverse("webhooks:faults", args=[application.app_id])
    assert "Nothing goes wrong on purpose" in signed_in.get(path).text
    given = {"share": "50", "lasting": "15", "notifications": "on", "status": "503", "drip": "on"}
    page = signed_in.post(path, given, follow=True).text
    assert "Faults are on until" in page
    setting = FaultSetting.objects.get()
    assert (setting.share, setting.status, setting.fetches) == (50, 503, False)
    assert timedelta(minutes=14) < setting.until - setting.set_at <= timedelta(minutes=15)
    banner = signed_in.get(f"/applications/{application.app_id}/").text
    assert "Faults are on for this application" in banner
    assert "50 % of its notifications go wrong" in " ".join(banner.split())
    signed_in.post(reverse("webhooks:faults-clear", args=[application.app_id]))
    assert not FaultSetting.objects.exists()
    assert "Faults are on" not in signed_in.get(f"/applications/{application.app_id}/").text


def test_a_setting_that_chooses_nothing_is_refused(signed_in, application):
    path = reverse("webhooks:faults", args=[application.app_id])
    page = signed_in.post(path, {"share": "100", "lasting": "60", "fetches": "on"})
    assert page.status_code == 400
    assert "Choose what is to go wrong." in page.text


def test_a_share_out_of_range_is_refused_beside_its_field(signed_in, application):
    path = reverse("webhooks:faults", args=[application.app_id])
    page = signed_in.post(path, {"share": "0", "lasting": "60", "fetches": "on", "drop": "on"})
    assert page.context["form"].errors["share"]


def test_an_analyst_reads_the_setting_and_changes_nothing(client, analyst, application):
    wanted = Wanted(fault=Fault(drop=True), share=100, lasting=timedelta(hours=1))
    set_faults(application=application, wanted=wanted, actor="system")
    client.force_login(analyst)
    path = reverse("webhooks:faults", args=[application.app_id])
    page = client.get(path).text
    assert "Faults are on until" in page
    assert "Switch on" not in page
    assert client.post(path, {"share": "1"}).status_code == 403


def test_a_try_that_suffered_says_so_on_its_page_and_in_the_list(signed_in, account, application):
    fault = Fault(drop=True).sentence
    row = delivery(account, fault=fault, application=application.app_id, **KEPT)
    page = signed_in.get(reverse("webhooks:detail", args=[row.pk])).text
    assert fault in page
    assert reverse("webhooks:faults", args=[application.app_id]) in page
    assert ">Fault<" in signed_in.get(LIST).text


@pytest.mark.usefixtures("opened")
def test_the_pages_cost_at_most_eight_queries(
    signed_in, account, application, server, django_assert_max_num_queries
):
    row = delivery(account, url=server.url("/a"), **KEPT)
    shared = uuid.uuid4()
    for number in range(5):
        delivery(account, delivery=shared, attempt=number + 1)
    made = signed_in.post(reverse("webhooks:replay-new", args=[row.pk]))["Location"]
    run_replays()
    for path in (
        made,
        reverse("webhooks:detail", args=[row.pk]),
        reverse("webhooks:replay-new", args=[row.pk]),
        reverse("webhooks:faults", args=[application.app_id]),
        f"{SIGNATURES}?row={row.pk}",
        LIST,
    ):
        with django_assert_max_num_queries(8):
            assert signed_in.get(path).status_code == 200
