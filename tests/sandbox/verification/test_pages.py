"""The pages of the sandbox numbers, as a person or a script without JavaScript uses them."""

from __future__ import annotations

import re
from uuid import UUID, uuid4

import pytest

from sandbox.fence.models import NumberState, SandboxNumber
from sandbox.verification import upkeep
from sandbox.verification.models import Challenge, CodeDelivery
from tests.sandbox.verification.conftest import LINE, NUMBER, codes_on, work, wrong

pytestmark = pytest.mark.django_db
LIST = "/sandbox-numbers/"


@pytest.fixture
def page(client, owner, frozen):
    """The owner's browser."""
    client.force_login(owner)
    return client


def post(page, **fields):
    """Sends the form that adds a number."""
    return page.post(LIST, {"number": NUMBER, "channel": "sms", "confirmed": NUMBER, **fields})


def at(number, step=""):
    """A path of a number."""
    return f"{LIST}{number.public_id}/{step}"


def text_of(response):
    """The page's HTML."""
    return response.content.decode()


def test_num_04_the_number_and_its_country_are_shown_before_anything_is_sent(page):
    response = post(page, number="(202) 555-0142", region="US", confirmed="")
    assert response.status_code == 200
    assert "United States" in text_of(response)
    assert f'name="confirmed" value="{NUMBER}"' in text_of(response)
    assert not CodeDelivery.objects.exists()


def test_num_04_the_number_shown_must_be_the_number_sent_to(page):
    post(page, confirmed="+12065550142")
    assert not CodeDelivery.objects.exists()


def test_the_echo_is_a_piece_of_the_same_page(page):
    response = page.get(LIST, {"number": NUMBER}, headers={"HX-Request": "true"})
    assert "+1 202 555 0142, United States" in text_of(response).replace("-", " ")
    assert "<html" not in text_of(response)
    assert "HX-Request" in response.headers["Vary"]


def test_a_number_in_a_link_that_is_none_is_explained(page):
    response = page.get(LIST, {"number": "+1 202"})
    assert response.status_code == 200
    assert "too short" in text_of(response)


def test_num_06_a_fixed_line_is_said_to_be_called_before_sending(page):
    assert "so we call it with the code" in text_of(page.get(LIST, {"number": LINE}))


def test_a_confirmed_number_gets_its_code_and_its_page(page):
    response = post(page)
    number = SandboxNumber.objects.get()
    assert response.headers["Location"] == at(number)
    shown = text_of(page.get(at(number)))
    assert "Pending" in shown
    for attribute in ('inputmode="numeric"', 'autocomplete="one-time-code"'):
        assert attribute in shown


def test_the_whole_way_to_verified(page):
    post(page)
    work()
    number = SandboxNumber.objects.get()
    code = codes_on()[0]
    response = page.post(at(number, "verify/"), {"code": f"{code[:3]} {code[3:]}"}, follow=True)
    assert "Verified" in text_of(response)
    number.refresh_from_db()
    assert number.state == NumberState.VERIFIED


def test_a_newcomer_is_told_which_number_to_type_and_where_the_code_is(page, settings):
    assert "so make one up" in text_of(page.get(LIST))
    post(page)
    place = at(SandboxNumber.objects.get())
    link = f'the code is on <a href="/handsets/{NUMBER}/"'
    assert link in text_of(page.get(place))
    settings.SIMULATED_NETWORK = False
    assert "so make one up" not in text_of(page.get(LIST))
    assert link not in text_of(page.get(place))


def test_a_verified_number_says_what_can_be_done_with_it(page):
    post(page)
    work()
    number = SandboxNumber.objects.get()
    page.post(at(number, "verify/"), {"code": codes_on()[0]})
    shown = text_of(page.get(at(number)))
    assert f'href="/calls/test/?to={NUMBER.replace("+", "%2B")}"' in shown
    assert 'href="/numbers/search/"' in shown


def test_a_wrong_code_is_a_400_beside_the_field_and_is_counted(page):
    post(page)
    work()
    number = SandboxNumber.objects.get()
    response = page.post(at(number, "verify/"), {"code": wrong(codes_on()[0])})
    assert response.status_code == 400
    assert "4 tries left." in text_of(response)
    assert wrong(codes_on()[0]) not in text_of(response)
    assert f'hx-get="{at(number)}?seen=' in text_of(response)
    assert Challenge.objects.get().attempts == 1


def test_otp_06_a_second_press_shows_the_success(page):
    post(page)
    work()
    number, code = SandboxNumber.objects.get(), codes_on()[0]
    page.post(at(number, "verify/"), {"code": code})
    response = page.post(at(number, "verify/"), {"code": code}, follow=True)
    assert (response.status_code, "Verified" in text_of(response)) == (200, True)


@pytest.mark.parametrize("code", ["", "x", "１２３４５６", "1" * 10_000, "12345\u202e6", "12 34"])
def test_otp_10_junk_in_the_code_field_is_a_400(page, code):
    post(page)
    work()
    response = page.post(at(SandboxNumber.objects.get(), "verify/"), {"code": code})
    assert response.status_code == 400
    assert Challenge.objects.get().attempts == 0


@pytest.mark.parametrize(
    "number", ["", "x", "１２０２", "+1" * 9000, "+12025550142 ext 9", "+1202\u202e5550142", "911"]
)
def test_junk_in_the_number_field_is_a_400_and_changes_nothing(page, number):
    response = post(page, number=number)
    assert response.status_code == 400
    assert not SandboxNumber.objects.exists()


def test_web_07_a_nul_is_a_400(page):
    assert post(page, number="+1202555\0142").status_code == 400


@pytest.mark.parametrize("channel", ["", "fax", "sms\n"])
def test_an_unknown_channel_is_a_400(page, channel):
    assert post(page, channel=channel).status_code == 400


def test_an_unknown_country_is_a_400(page):
    assert post(page, region="XX").status_code == 400


def test_otp_07_a_resend_too_soon_is_429_with_retry_after(page):
    post(page)
    number = SandboxNumber.objects.get()
    response = page.post(at(number, "send/"), {"channel": "sms", "again": "1"})
    assert (response.status_code, response.headers["Retry-After"]) == (429, "30")


@pytest.mark.parametrize("channel", ["sms", "call"])
def test_otp_08_another_code_over_either_channel(page, frozen, channel):
    post(page)
    work()
    frozen.advance(seconds=31)
    number = SandboxNumber.objects.get()
    response = page.post(at(number, "send/"), {"channel": channel, "again": "1"})
    assert response.status_code == 302
    assert (Challenge.objects.get().channel, CodeDelivery.objects.count()) == (channel, 2)


def test_a_code_can_be_sent_anew_after_the_last_has_expired(page, frozen):
    post(page)
    work()
    frozen.advance(minutes=11)
    upkeep.expire_challenges()
    number = SandboxNumber.objects.get()
    assert "Send code" in text_of(page.get(at(number)))
    assert page.post(at(number, "send/"), {"channel": "sms"}).status_code == 302
    assert Challenge.objects.count() == 2


def test_the_page_carries_the_seconds_to_wait(page, frozen):
    post(page)
    frozen.advance(seconds=12)
    shown = text_of(page.get(at(SandboxNumber.objects.get())))
    assert 'data-wait="18"' in shown
    assert "in 18 seconds" in shown


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0, "Sending the code"),
        (6, "Waiting for our sender"),
        (31, "Delayed; we have your request and keep trying"),
    ],
)
def test_bg_09_the_status_comes_from_the_row(page, frozen, seconds, words):
    post(page)
    frozen.advance(seconds=seconds)
    response = page.get(at(SandboxNumber.objects.get()), headers={"HX-Request": "true"})
    assert words in text_of(response)
    assert "every 1s" in text_of(response)


def test_a_status_that_the_page_shows_already_is_not_sent_again(page, frozen):
    post(page)
    path = at(SandboxNumber.objects.get())
    first = text_of(page.get(path, headers={"HX-Request": "true"}))
    mark = re.search(r"seen=([0-9a-f]{8})", first)[1]
    again = {"query_params": {"seen": mark}, "headers": {"HX-Request": "true"}}
    assert page.get(path, **again).status_code == 204
    frozen.advance(seconds=6)
    assert "Waiting for our sender" in text_of(page.get(path, **again))


def test_the_status_stops_asking_once_the_sms_is_delivered(page, frozen):
    post(page)
    work()
    frozen.advance(seconds=2)
    work()
    response = page.get(at(SandboxNumber.objects.get()), headers={"HX-Request": "true"})
    assert "Code sent by SMS." in text_of(response)
    assert "every 1s" not in text_of(response)
    assert 'id="sent" hx-swap-oob="true"' in text_of(response)
    assert "Delivered" in text_of(response)


def test_num_09_a_removed_number_is_gone_from_the_list(page):
    post(page)
    number = SandboxNumber.objects.get()
    page.post(at(number, "remove/"))
    assert page.get(at(number)).status_code == 404
    assert at(number) not in text_of(page.get(LIST))


def bare(response):
    """The body without what is fresh in every answer."""
    return re.sub(r'nonce="[^"]*"|[A-Za-z0-9]{64}', "", text_of(response))


@pytest.mark.parametrize("step", ["", "verify/", "send/", "remove/"])
def test_ten_02_a_strangers_number_answers_like_none(page, add, other_account, stranger, step):
    number, _ = add(account=other_account, actor=stranger)
    ask = page.get if not step else page.post
    theirs = ask(at(number, step))
    unknown = ask(f"{LIST}{uuid4()}/{step}")
    assert theirs.status_code == unknown.status_code == 404
    assert bare(theirs) == bare(unknown)
    assert SandboxNumber.objects.get().state == NumberState.PENDING


def test_an_analyst_may_look_but_not_send(client, analyst, account, add):
    number, _ = add()
    client.force_login(analyst)
    assert client.get(at(number)).status_code == 200
    assert client.post(at(number, "send/"), {"channel": "sms"}).status_code == 403
    assert post(client, number="+12065550142", confirmed="+12065550142").status_code == 403


@pytest.mark.parametrize("path", [LIST, f"{LIST}{UUID(int=7)}/"])
def test_signed_out_goes_to_sign_in(client, db, path):
    assert client.get(path).status_code == 302


@pytest.mark.parametrize("step", ["verify/", "send/", "remove/"])
def test_a_get_of_an_action_is_405(page, add, step):
    number, _ = add()
    assert page.get(at(number, step)).status_code == 405


def test_a_page_costs_at_most_eight_queries(page, add, django_assert_max_num_queries):
    number, _ = add()
    work()
    for path in (LIST, at(number)):
        page.get(path)
        with django_assert_max_num_queries(8):
            page.get(path)


def test_otp_16_the_code_is_on_no_page_of_the_console(page, add, check):
    number, _ = add()
    work()
    code = codes_on()[0]
    check(number, code)
    for path in (LIST, at(number), "/settings/audit-log/", "/logs/requests/"):
        assert code not in text_of(page.get(path))


def test_the_palette_finds_the_accounts_numbers_by_their_digits_only(
    page, add, other_account, stranger
):
    add()
    add("+12065550142", account=other_account, actor=stranger)
    found = text_of(page.get("/palette/", {"q": "5550142"}))
    assert found.count("+1 202 555 0142") == 1
    assert "+1 206 555 0142" not in found
    assert "Would this call go through?" in text_of(page.get("/palette/", {"q": "fence"}))


def test_otp_15_the_language_of_a_call_can_be_chosen_on_the_page(client, owner, frozen):
    client.force_login(owner)
    form = {"number": LINE, "confirmed": LINE, "channel": "call", "language": "fr-FR"}
    answer = client.post("/sandbox-numbers/", form)
    assert answer.status_code == 302
    assert Challenge.objects.get().language == "fr-FR"
    frozen.advance(seconds=31)
    send = {"again": "1", "channel": "call", "language": "de-DE"}
    client.post(f"{answer.headers['Location']}send/", send)
    assert Challenge.objects.get().language == "de-DE"
