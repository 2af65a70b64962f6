"""What the API's paths name: objects of an account or subaccount, and ids that never were."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from uuid import uuid4

from console.accounts.models import Account, Subaccount
from console.applications.services import create_application
from console.core import clock
from console.endpoints.services import create_endpoint
from console.exports.services import create_export
from console.numbers.models import DidType, RentedNumber, StockNumber
from console.papers.models import Paper
from console.records.models import Cdr
from sandbox.calls.flow import Leg as FlowLeg
from sandbox.calls.flow import State
from sandbox.calls.models import Call, CallPhase, Leg
from sandbox.conferences.models import Member, Room
from sandbox.messages.models import Media, Message, Powerpack
from sandbox.messages.powerpacks import add_number, create_powerpack
from sandbox.network.models import HandsetCall
from sandbox.network.services import open_handset
from sandbox.recordings.models import Recording
from sandbox.streams.models import Stream
from sandbox.verification.services import vouch
from sandbox.verification.sessions import Wanted, create_session

Words = dict[str, str]
Maker = Callable[[Account, Subaccount | None], Words]
NOBODY = "7d0b1f0e-5b5c-4a61-9f0e-1f2a3b4c5d6e"
DID, PHONE = "+12065550150", "+12025550142"


def _application(account: Account, subaccount: Subaccount | None) -> Words:
    made = create_application(account=account, subaccount=subaccount, actor="system", name="ivr")
    return {"app_id": made.app_id}


def _endpoint(account: Account, subaccount: Subaccount | None) -> Words:
    made = create_endpoint(
        account=account, subaccount=subaccount, actor="system", name="alice", alias="Desk"
    )
    return {"endpoint_id": made.endpoint.endpoint_id}


def _did(account: Account, subaccount: Subaccount | None) -> Words:
    stock = StockNumber.objects.create(
        number=DID,
        national=DID[2:],
        country="US",
        type=DidType.LOCAL,
        available=False,
        sms_enabled=True,
    )
    RentedNumber.objects.create(
        account=account,
        subaccount=subaccount,
        stock=stock,
        number=DID,
        renewal_date=date(2026, 4, 2),
    )
    return {"number": DID.removeprefix("+")}


def _subaccount(account: Account, subaccount: Subaccount | None) -> Words:
    made = Subaccount.objects.create(account=account, name="Another branch")
    return {"sub_id": made.auth_id}


def _member(kind: str) -> Callable[[Account, Subaccount | None], Member]:
    def make(account: Account, subaccount: Subaccount | None) -> Member:
        call = Call.objects.create(
            account=account,
            subaccount=subaccount,
            direction="inbound",
            from_number="+12025550142",
            to_number=DID,
            phase="live",
            wake_by=clock.now(),
        )
        room = Room.objects.create(kind=kind, account=account, subaccount=subaccount, name="Lobby")
        return Member.objects.create(room=room, call=call, member_id=1, join_id=1, role="agent")

    return make


def _conference(account: Account, subaccount: Subaccount | None) -> Words:
    return {"name": _member("conference")(account, subaccount).room.name}


def _conference_member(account: Account, subaccount: Subaccount | None) -> Words:
    return {**_conference(account, subaccount), "member_id": "1"}


def _mpc(account: Account, subaccount: Subaccount | None) -> Words:
    return {"mpc": f"uuid_{_member('mpc')(account, subaccount).room.room_uuid}"}


def _participant(account: Account, subaccount: Subaccount | None) -> Words:
    return {**_mpc(account, subaccount), "member_id": "1"}


def _message(account: Account, subaccount: Subaccount | None) -> Words:
    made = Message.objects.create(
        account=account,
        subaccount=subaccount,
        direction="inbound",
        state="received",
        from_number=PHONE,
        to_number=DID,
        text="Hello",
    )
    return {"message_uuid": str(made.uuid)}


def _pack(account: Account, subaccount: Subaccount | None) -> Powerpack:
    return create_powerpack(account=account, subaccount=subaccount, actor="system", name="Pack")


def _powerpack(account: Account, subaccount: Subaccount | None) -> Words:
    return {"uuid": str(_pack(account, subaccount).uuid)}


def _pool(account: Account, subaccount: Subaccount | None) -> Words:
    return {"pool": str(_pack(account, subaccount).pool_uuid)}


def _pool_number(account: Account, subaccount: Subaccount | None) -> Words:
    pack, words = _pack(account, subaccount), _did(account, subaccount)
    add_number(pack=pack, number=DID, actor="system")
    return {"pool": str(pack.pool_uuid)} | words


def _media(account: Account, subaccount: Subaccount | None) -> Words:
    made = Media.objects.create(
        account=account,
        subaccount=subaccount,
        file_name="a.png",
        content_type="image/png",
        size=4,
        sha256="0" * 64,
    )
    return {"media_id": str(made.uuid)}


def _export(account: Account, subaccount: Subaccount | None) -> Words:
    made = create_export(account=account, subaccount=subaccount, actor="system", kind="calls")
    return {"export_uuid": str(made.pk)}


def _caller_id(account: Account, subaccount: Subaccount | None) -> Words:
    made = vouch(account=account, raw=PHONE, actor="system")
    type(made).objects.for_account(account).filter(pk=made.pk).update(subaccount=subaccount)
    return {"phone": PHONE.removeprefix("+")}


def _session(account: Account, subaccount: Subaccount | None) -> Words:
    vouch(account=account, raw=PHONE, actor="system")
    wanted = Wanted(recipient=PHONE)
    made = create_session(account=account, subaccount=subaccount, wanted=wanted)
    return {"session_uuid": str(made.public_id)}


def _paper(kind: str) -> Maker:
    def make(account: Account, subaccount: Subaccount | None) -> Words:
        made = Paper.objects.create(
            account=account, subaccount=subaccount, kind=kind, country_iso="FR", customer_name="Ada"
        )
        Paper.objects.for_account(account).update(details={"country_iso": "FR"})
        return {"paper_id": made.paper_id}

    return make


def _record(account: Account, subaccount: Subaccount | None) -> Words:
    now = clock.now()
    made = Cdr.objects.create(
        call_uuid=uuid4(),
        account=account,
        subaccount=subaccount,
        leg="A",
        direction="inbound",
        state="ANSWER",
        from_number=PHONE,
        to_number=DID,
        initiated_at=now,
        ended_at=now,
    )
    return {"call_uuid": str(made.call_uuid)}


def _running(account: Account, subaccount: Subaccount | None, phase: CallPhase) -> Call:
    """A call with its leg, as the engine would have written it."""
    lives = phase == CallPhase.LIVE
    state = State(
        FlowLeg("outbound", PHONE, DID, "https://app.example.com/"),
        phase="live" if lives else "new",
        answered=lives,
    )
    call = Call.objects.create(
        account=account,
        subaccount=subaccount,
        direction="outbound",
        from_number=PHONE,
        to_number=DID,
        phase=phase,
        wake_by=clock.now(),
        flow={"state": state.to_json()},
    )
    Leg.objects.create(
        call=call,
        call_uuid=call.call_uuid,
        direction="outbound",
        from_number=PHONE,
        to_number=DID,
        state="up" if lives else "dialling",
        answered_at=clock.now() if lives else None,
    )
    HandsetCall.objects.create(
        call_uuid=call.call_uuid,
        account=account,
        number=PHONE,
        direction="inbound",
        from_number=DID,
        to_number=PHONE,
    )
    return call


def _living_call(account: Account, subaccount: Subaccount | None) -> Words:
    return {"call_uuid": str(_running(account, subaccount, CallPhase.LIVE).call_uuid)}


def _queued_call(account: Account, subaccount: Subaccount | None) -> Words:
    return {"request_uuid": str(_running(account, subaccount, CallPhase.QUEUED).call_uuid)}


def _stream(account: Account, subaccount: Subaccount | None) -> Words:
    words = _living_call(account, subaccount)
    made = Stream.objects.create(
        account=account,
        subaccount=subaccount,
        service_url="wss://app.example.com/",
        content_type="audio/x-l16;rate=8000",
        **words,
    )
    return words | {"stream_id": str(made.pk)}


def _recording(account: Account, subaccount: Subaccount | None) -> Words:
    made = Recording.objects.create(
        account=account,
        subaccount=subaccount,
        kind="call",
        asked_format="wav",
        file_format="wav",
        state="ready",
        started_at=clock.now(),
        ended_at=clock.now(),
    )
    return {"recording_id": str(made.pk)}


def _handset(account: Account, subaccount: Subaccount | None) -> Words:
    """With a call that rings there, so that there is something to do."""
    open_handset(account=account, number=PHONE)
    _running(account, subaccount, CallPhase.LIVE)
    return {"number": PHONE.removeprefix("+")}


MAKERS: dict[str, Maker] = {
    "record": _record,
    "living call": _living_call,
    "queued call": _queued_call,
    "handset": _handset,
    "stream": _stream,
    "recording": _recording,
    "application": _application,
    "endpoint": _endpoint,
    "did": _did,
    "subaccount": _subaccount,
    "conference": _conference,
    "conference member": _conference_member,
    "mpc": _mpc,
    "participant": _participant,
    "message": _message,
    "address": _paper("address"),
    "identity": _paper("identity"),
    "powerpack": _powerpack,
    "pool": _pool,
    "pool number": _pool_number,
    "media": _media,
    "export": _export,
    "caller id": _caller_id,
    "verify session": _session,
}
"""Makes an object in the scope and gives the words of its path."""

NEVER_WAS: dict[str, Words] = {
    "record": {"call_uuid": NOBODY},
    "living call": {"call_uuid": NOBODY},
    "queued call": {"request_uuid": NOBODY},
    "handset": {"number": "12025550199"},
    "application": {"app_id": "21000000000000001"},
    "endpoint": {"endpoint_id": "14000000000001"},
    "did": {"number": "12065550199"},
    "did in stock": {"number": "12065550199"},
    "any number": {"number": "12065550199"},
    "subaccount": {"sub_id": "SAAAAAAAAAAAAAAAAAAA"},
    "conference": {"name": "Nobody"},
    "conference member": {"name": "Nobody", "member_id": "1"},
    "mpc": {"mpc": f"uuid_{NOBODY}"},
    "participant": {"mpc": f"uuid_{NOBODY}", "member_id": "1"},
    "message": {"message_uuid": NOBODY},
    "powerpack": {"uuid": NOBODY},
    "pool": {"pool": NOBODY},
    "pool number": {"pool": NOBODY, "number": "12065550199"},
    "pool number to add": {"pool": NOBODY, "number": "12065550199"},
    "pool toll-free": {"pool": NOBODY, "tollfree": "18005550199"},
    "short code": {"pool": NOBODY, "shortcode": "12345"},
    "media": {"media_id": NOBODY},
    "export": {"export_uuid": NOBODY},
    "caller id": {"phone": "12025550199"},
    "verification": {"verification_uuid": NOBODY},
    "verify session": {"session_uuid": NOBODY},
    "address": {"paper_id": "10000000000000"},
    "identity": {"paper_id": "10000000000000"},
    "stream": {"call_uuid": NOBODY, "stream_id": NOBODY},
    "recording": {"recording_id": NOBODY},
    "": {},
}
