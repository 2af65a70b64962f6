"""Calls over the API: made, listed, read, controlled, cancelled (compat/rest.md, cdr.md)."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID, uuid4

import pytest

from console.accounts.models import Account, AccountState, Subaccount
from console.core import outbox
from console.records.models import Cdr
from sandbox.calls.models import Call, CallFeedback
from sandbox.fence.models import FenceDenial
from sandbox.network.phones import Deed
from tests.sandbox.calls.conftest import DID, FRIEND, PHONE, act, call_in, ringing_at
from tests.support.api import differences, fixture
from tests.support.drain import drain

pytestmark = pytest.mark.django_db
ON = '<Response><Speak loop="0">On.</Speak></Response>'


@pytest.fixture
def fired(api, proved, did, server):
    """Makes calls by the API; gives the answer."""
    server.answers["/answer/"] = lambda got: ON

    def make(to: str = FRIEND, **more):
        asked = {"from": DID, "to": to, "answer_url": f"{server.url}/answer/", **more}
        return api.post("Call/", {name: one for name, one in asked.items() if one is not None})

    return make


def record(account, **more) -> Cdr:
    """A record that ended a minute ago."""
    from console.core import clock

    ended = more.pop("ended_at", clock.now() - timedelta(minutes=1))
    facts = {
        "call_uuid": uuid4(),
        "account": account,
        "leg": "A",
        "direction": "outbound",
        "state": "ANSWER",
        "from_number": DID,
        "to_number": FRIEND,
        "initiated_at": ended - timedelta(seconds=70),
        "answered_at": ended - timedelta(seconds=61),
        "ended_at": ended,
        "duration": 61,
        "billed_duration": 120,
        "rate": "0.012",
        "amount": "0.024",
        "hangup_code": 4000,
        "hangup_name": "Normal Hangup",
        "hangup_source": "Callee",
    }
    return Cdr.objects.create(**{**facts, **more})


def test_one_call_is_fired_and_its_request_uuid_is_its_call_uuid(frozen, fired):
    answer = fired()
    assert answer.status_code == 201
    body = answer.json()
    assert differences(body, fixture("callCreateResponse")) == []
    assert body["message"] == "call fired"
    assert Call.objects.get().call_uuid == UUID(body["request_uuid"])


def test_several_calls_are_fired_with_a_list_of_request_uuids_in_order(frozen, fired):
    body = fired(f"{FRIEND}<{PHONE}").json()
    assert body["message"] == "calls fired"
    numbers = [Call.objects.get(call_uuid=one).to_number for one in body["request_uuid"]]
    assert numbers == [FRIEND, PHONE]


def test_numbers_are_taken_without_their_plus(frozen, fired):
    assert fired(FRIEND[1:], **{"from": DID[1:]}).status_code == 201
    call = Call.objects.get()
    assert (call.from_number, call.to_number) == (DID, FRIEND)


def test_the_defaults_that_the_python_sdk_sends_are_taken(frozen, fired):
    sent = {
        "answer_method": "POST",
        "ring_method": "POST",
        "hangup_method": "POST",
        "fallback_method": "POST",
        "machine_detection_method": "POST",
        "machine_detection_time": 5000,
        "ring_timeout": 120,
        "error_if_parent_not_found": False,
    }
    assert fired(**sent).status_code == 201


@pytest.mark.parametrize("said", [True, "true", "True"])
def test_machine_detection_is_taken_as_a_boolean_too(frozen, fired, said):
    assert fired(machine_detection=said).status_code == 201


@pytest.mark.parametrize("name", ["from", "to", "answer_url"])
def test_a_missing_parameter_is_named(fired, name):
    answer = fired(**{name: None})
    assert answer.status_code == 400
    assert answer.json()["error"] == f"{name} parameter is missing"


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("to", "to parameter is invalid: Enter a phone number"),
        ("from", "The caller ID is no phone number: Enter a phone number"),
    ],
)
def test_a_number_that_is_none_is_named_by_its_parameter(fired, name, said):
    answer = fired(**{name: "abc"})
    assert (answer.status_code, answer.json()["field"]) == (400, name)
    assert answer.json()["error"].startswith(said)


def test_gate_10_a_refusal_of_the_fence_has_its_status_code_and_help(frozen, fired):
    answer = fired("+12025550199")
    assert answer.status_code == 400
    body = answer.json()
    assert body["error_code"] == "trial_destination_not_verified"
    assert body["help_url"].endswith("/help/errors/trial_destination_not_verified/")
    assert FenceDenial.objects.count() == 1
    assert fired("+81355550123").status_code == 403


def test_gate_11_a_refusal_is_recorded_under_an_idempotency_key_too(frozen, api, fired):
    asked = {"from": DID, "to": "+12025550199", "answer_url": "https://app.example.com/"}
    assert api.post("Call/", asked, **{"Idempotency-Key": "k1"}).status_code == 400
    assert FenceDenial.objects.count() == 1


def test_bg_10_the_same_key_fires_one_call(frozen, api, fired, server):
    asked = {"from": DID, "to": FRIEND, "answer_url": f"{server.url}/answer/"}
    first = api.post("Call/", asked, **{"Idempotency-Key": "k1"}).json()
    again = api.post("Call/", asked, **{"Idempotency-Key": "k1"}).json()
    assert first == again
    assert Call.objects.count() == 1


def test_a_suspended_account_gets_401(frozen, fired, account):
    Account.objects.filter(pk=account.pk).update(state=AccountState.SUSPENDED)
    assert fired().status_code == 401


def test_a_broker_that_is_gone_does_not_make_a_made_call_a_500(
    frozen, fired, monkeypatch, django_capture_on_commit_callbacks
):
    """compat/README.md 4.4: a 5xx after the commit would make the SDKs fire it again."""

    class Gone:
        def send_task(self, *args, **kwargs):
            raise OSError("no broker")

    monkeypatch.setattr(outbox, "current_app", Gone())
    with django_capture_on_commit_callbacks(execute=True):
        answer = fired()
    assert answer.status_code == 201
    drain(frozen, seconds=1)
    assert ringing_at(FRIEND) is not None


@pytest.mark.parametrize("verb", ["", "Play/", "Speak/", "DTMF/"])
def test_a_broker_that_is_gone_makes_no_control_a_500(
    frozen, api, fired, server, monkeypatch, django_capture_on_commit_callbacks, verb
):
    uuid = fired().json()["request_uuid"]
    drain(frozen, seconds=1)
    act(ringing_at(FRIEND), Deed.ANSWER)
    drain(frozen, seconds=1)

    class Gone:
        def send_task(self, *args, **kwargs):
            raise OSError("no broker")

    monkeypatch.setattr(outbox, "current_app", Gone())
    body = {
        "aleg_url": f"{server.url}/x/",
        "urls": [f"{server.url}/a.wav"],
        "text": "Hello.",
        "digits": "1",
    }
    with django_capture_on_commit_callbacks(execute=True):
        assert api.post(f"Call/{uuid}/{verb}", body).status_code == 202


def test_a_record_is_read_with_all_its_fields(frozen, api, account):
    Account.objects.update(time_zone="Asia/Kolkata")
    one = record(account)
    body = api.get(f"Call/{one.call_uuid}/").json()
    assert differences(body, fixture("callGetResponse")) == []
    assert (
        body.items()
        >= {
            "call_uuid": str(one.call_uuid),
            "answer_time": "2026-03-02 17:27:59+05:30",
            "end_time": "2026-03-02 17:29:00+05:30",
            "bill_duration": 61,
            "call_duration": 61,
            "billed_duration": 120,
            "call_state": "ANSWER",
            "from_number": DID,
            "to_number": FRIEND[1:],
            "total_rate": "0.01200",
            "total_amount": "0.02400",
            "hangup_cause_code": 4000,
            "cnam_lookup": None,
            "parent_call_uuid": None,
            "resource_uri": f"/v1/Account/{account.auth_id}/Call/{one.call_uuid}/",
        }.items()
    )


def test_the_list_has_the_keys_of_the_fixture_newest_first(frozen, api, account):
    older = record(account, ended_at=frozen.now() - timedelta(hours=2))
    newer = record(account)
    body = api.get("Call/").json()
    wanted = fixture("callListResponse")
    wanted["objects"][0].pop("api_id")
    assert differences(body, wanted) == []
    assert [one["call_uuid"] for one in body["objects"]] == [
        str(newer.call_uuid),
        str(older.call_uuid),
    ]
    assert body["meta"]["total_count"] == 2


def listed(api, query: str) -> set[str]:
    answer = api.get(f"Call/?{query}")
    assert answer.status_code == 200, answer.content
    return {one["call_uuid"] for one in answer.json()["objects"]}


def test_without_a_time_the_last_seven_days_are_listed(frozen, api, account):
    now = frozen.now()
    seen = record(account, ended_at=now - timedelta(days=6, hours=23))
    unseen = record(account, ended_at=now - timedelta(days=8))
    assert listed(api, "") == {str(seen.call_uuid)}
    assert str(unseen.call_uuid) in listed(api, "end_time__gte=2026-02-15 00:00")
    assert str(unseen.call_uuid) in listed(api, "end_time_gte=2026-02-15 00:00:00")
    assert listed(api, "end_time__lt=2026-02-23 00:00:00.5") == {str(unseen.call_uuid)}


def test_a_time_to_the_minute_means_that_minute(frozen, api, account):
    one = record(account)
    assert listed(api, "end_time=2026-03-02 11:59") == {str(one.call_uuid)}
    assert listed(api, "end_time=2026-03-02 11:59:30") == set()


@pytest.mark.parametrize(
    "query",
    [
        "end_time=yesterday",
        "end_time__gt=2026-02-30 00:00",
        "end_time__gte=2026-01-01 00:00&end_time__lte=2026-02-15 00:00",
        "bill_duration__gt=many",
        "call_direction=sideways",
        "parent_call_uuid=mother",
        "status=dead",
        "limit=21",
        "offset=-1",
        "hangup_cause_code=x",
    ],
)
def test_a_filter_that_cannot_be_is_refused_with_an_empty_list(frozen, api, query):
    answer = api.get(f"Call/?{query}")
    assert answer.status_code == 400
    assert answer.json()["objects"] == []


def test_thirty_days_may_be_spanned(frozen, api):
    query = "end_time__gte=2026-02-01 00:00&end_time__lte=2026-03-03 00:00"
    assert api.get(f"Call/?{query}").status_code == 200


def test_every_filter_finds_its_records_and_no_others(frozen, api, account):
    parent = uuid4()
    mine = record(
        account,
        direction="inbound",
        from_number="+441632960011",
        to_number="sip:desk1@phone.ringfence.example",
        duration=11,
        billed_duration=60,
        parent_call_uuid=parent,
        hangup_code=3010,
        hangup_source="Carrier",
        stir_verification="Verified",
    )
    record(account)
    for query in (
        "call_direction=inbound",
        "from_number=441632960011",
        "from_number=%2B441632960011",
        "from_number=4416",
        "to_number=sip:desk1",
        "bill_duration=11",
        "bill_duration__lt=61",
        "bill_duration_lte=60",
        f"parent_call_uuid={parent}",
        "hangup_cause_code=3010",
        "hangup_source=Carrier",
        "stir_verification=Verified",
    ):
        assert listed(api, query) == {str(mine.call_uuid)}, query


def test_pages_carry_the_filters_on(frozen, api, account):
    for _ in range(3):
        record(account, direction="inbound")
    body = api.get("Call/?limit=2&call_direction=inbound").json()
    assert body["meta"]["total_count"] == 3
    following = api.get(body["meta"]["next"]).json()
    assert len(following["objects"]) == 1
    assert "call_direction=inbound" in body["meta"]["next"]


def test_a_page_of_twenty_takes_few_queries(frozen, api, account, django_assert_max_num_queries):
    for _ in range(25):
        record(account)
    api.get("Call/")
    with django_assert_max_num_queries(9):
        assert len(api.get("Call/").json()["objects"]) == 20


def test_ten_02_anothers_record_is_not_found_and_not_listed(frozen, api, other_account, sub_api):
    theirs = record(other_account)
    random = api.get(f"Call/{uuid4()}/").json()
    found = api.get(f"Call/{theirs.call_uuid}/")
    assert found.status_code == 404
    assert found.json() | {"api_id": ""} == random | {"api_id": ""}
    assert listed(api, "") == set()
    assert sub_api.get("Call/").json()["objects"] == []


def test_ten_03_a_subaccount_sees_its_own_and_the_main_account_filters(
    frozen, api, sub_api, account, subaccount
):
    own = record(account, subaccount=subaccount)
    record(account)
    assert len(listed(api, "")) == 2
    assert listed(api, f"subaccount={subaccount.auth_id}") == {str(own.call_uuid)}
    assert listed(sub_api, "") == {str(own.call_uuid)}
    stranger = Subaccount.objects.create(account=account, name="Other")
    answer = sub_api.get(f"Call/?subaccount={stranger.auth_id}")
    assert answer.status_code == 400


def test_a_queued_call_is_listed_read_and_cancelled(frozen, api, fired):
    uuid = fired().json()["request_uuid"]
    assert api.get("Call/?status=queued").json()["calls"] == [uuid]
    one = api.get(f"Call/{uuid}/?status=queued").json()
    assert (
        one.items()
        >= {
            "call_status": "queued",
            "call_uuid": uuid,
            "request_uuid": uuid,
            "from": DID,
            "to": FRIEND[1:],
            "direction": "outbound",
        }.items()
    )
    assert api.get(f"Call/{uuid}/?status=live").status_code == 404
    assert api.get(f"Call/{uuid}/").status_code == 404
    cancelled = api.delete(f"Request/{uuid}/")
    assert (cancelled.status_code, cancelled.content) == (204, b"")
    assert api.delete(f"Request/{uuid}/").status_code == 404
    assert api.get(f"Call/{uuid}/").json()["hangup_cause_code"] == 1000
    assert api.get("Call/?status=queued").json()["calls"] == []


def test_a_living_call_is_listed_read_and_hung_up(frozen, api, fired):
    uuid = fired().json()["request_uuid"]
    drain(frozen, seconds=1)
    live = api.get("Call/?status=live").json()
    assert differences(live, fixture("liveCallListGetResponse")) == []
    assert live["calls"] == [uuid]
    one = api.get(f"Call/{uuid}/?status=live").json()
    assert differences(one, fixture("liveCallGetResponse")) == []
    assert (one["call_status"], one["session_start"]) == ("ringing", "2026-03-02 12:00:00.000000")
    act(ringing_at(FRIEND), Deed.ANSWER)
    drain(frozen, seconds=1)
    assert api.get(f"Call/{uuid}?status=live").json()["call_status"] == "in-progress"
    assert api.get(f"Call/{uuid}/").status_code == 404
    assert api.delete(f"Call/{uuid}/").status_code == 204
    assert api.delete(f"Call/{uuid}/").status_code == 404
    assert api.get(f"Call/{uuid}/").json()["hangup_source"] == "API Request"


CONTROLS = [
    ("POST", "", {"legs": "aleg", "aleg_url": "/x/"}, 202, "call transfered", "callUpdateResponse"),
    ("POST", "Play/", {"urls": ["/a"]}, 202, "play started", "liveCallPlayCreateResponse"),
    ("POST", "Play/", {"urls": "/a,/b"}, 202, "play started", "liveCallPlayCreateResponse"),
    ("POST", "Speak/", {"text": "Hi"}, 202, "speak started", "liveCallSpeakCreateResponse"),
    ("POST", "DTMF/", {"digits": "1#"}, 202, "digits sent", "liveCallDtmfCreateResponse"),
    ("DELETE", "Play/", None, 204, "", ""),
    ("DELETE", "Speak/", None, 204, "", ""),
    ("DELETE", "", None, 204, "", ""),
]


@pytest.mark.parametrize(("method", "path", "body", "status", "message", "shape"), CONTROLS)
def test_every_control_answers_as_the_compatible_api_does(
    frozen, api, other_api, account, did, proved, server, method, path, body, status, message, shape
):
    server.answers["/answer/"] = lambda got: ON
    line = call_in(account, frozen).live(1)
    full = {
        name: value.replace("/", f"{server.url}/", 1) if name == "aleg_url" else value
        for name, value in (body or {}).items()
    }
    if "urls" in full:
        full["urls"] = (
            [f"{server.url}/a"]
            if isinstance(full["urls"], list)
            else f"{server.url}/a,{server.url}/b"
        )
    where = f"Call/{line.call_uuid}/{path}"
    assert other_api.call(method, where, full).status_code == 404
    answer = api.call(method, where, full)
    assert answer.status_code == status, answer.content
    if message:
        assert answer.json()["message"] == message
        assert differences(answer.json(), fixture(shape)) == []
    if line.phone.state != "ended":
        line.hang_up()
    line.live(5)
    assert api.call(method, where, full).status_code == 404


def test_feedback_is_kept_even_with_an_empty_body(frozen, api, other_api, account):
    one = record(account)
    where = f"/v1/Call/{one.call_uuid}/Feedback/"
    answer = api.post(where, {"rating": 4.5, "issues": ["ECHO"], "notes": "far away"})
    assert answer.status_code == 202
    assert answer.json().items() >= {"message": "success", "status": "success"}.items()
    kept = CallFeedback.objects.get()
    assert (float(kept.rating), kept.issues, kept.notes) == (4.5, ["ECHO"], "far away")
    assert api.post(where).status_code == 202
    assert other_api.post(where, {"rating": 1}).status_code == 404


@pytest.mark.parametrize(
    "body", [{"rating": 6}, {"rating": "good"}, {"rating": "NaN"}, {"issues": ["BORING"]}]
)
def test_feedback_that_cannot_be_is_refused(frozen, api, account, body):
    one = record(account)
    assert api.post(f"/v1/Call/{one.call_uuid}/Feedback/", body).status_code == 400


def test_the_story_is_read_by_the_api(frozen, api, other_api, fired):
    uuid = fired().json()["request_uuid"]
    drain(frozen, seconds=1)
    lines = api.get(f"Sandbox/Call/{uuid}/Story/").json()["objects"]
    assert [one["kind"] for one in lines][:2] == ["call_asked", "permitted"]
    assert set(lines[0]) == {"at", "kind", "leg", "data"}
    assert other_api.get(f"Sandbox/Call/{uuid}/Story/").status_code == 404


def test_the_answer_comes_later_where_a_callback_url_asks_for_that(frozen, api, account):
    one = record(account)
    answer = api.get(f"Call/{one.call_uuid}/?callback_url=https://app.example.com/later/")
    assert answer.status_code == 202
    assert answer.json()["message"] == "async api spawned"


def test_with_dry_run_a_call_is_judged_and_never_made(fired):
    answer = fired(f"{FRIEND}<12025550199", dry_run=True)
    body = answer.json()
    assert (answer.status_code, body["allowed"]) == (200, False)
    assert [(one["to"], one["allowed"]) for one in body["destinations"]] == [
        (FRIEND, True),
        ("12025550199", False),
    ]
    refused = [rule for rule in body["destinations"][1]["rules"] if rule["outcome"] == "fail"]
    assert [rule["rule"] for rule in refused] == ["destination"]
    assert not Call.objects.exists()
    assert not FenceDenial.objects.exists()


def test_dry_run_said_to_be_false_makes_the_call(fired):
    assert fired(dry_run="false").status_code == 201
    assert Call.objects.count() == 1


def test_a_dry_run_takes_twenty_destinations(fired):
    many = "<".join(f"120255501{n:02d}" for n in range(21))
    answer = fired(many, dry_run=True)
    assert (answer.status_code, answer.json()["error_code"]) == (400, "too_many")


def test_a_dry_run_is_there_with_real_carriers_too(fired, settings):
    settings.SIMULATED_NETWORK = False
    assert fired(dry_run=True).status_code == 200
