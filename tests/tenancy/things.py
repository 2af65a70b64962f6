"""Objects of the owner's, and ids that never were, for the paths of routes."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any
from uuid import uuid4

from console.accounts.models import Account, AuthToken, Role, User
from console.accounts.services import create_subaccount, invitations, issue_token
from console.api.models import ApiRequest
from console.applications import services as applications
from console.core import clock
from console.endpoints import services as endpoints
from console.exports import services as exports
from console.numbers.models import DidType, RentedNumber, StockNumber
from sandbox.calls.models import Call, CallPhase, Direction
from sandbox.conferences.models import Kind as RoomKind
from sandbox.conferences.models import Room
from sandbox.messages.models import Media, Message
from sandbox.messages.powerpacks import create_powerpack
from sandbox.recordings import files
from sandbox.recordings.models import Recording
from sandbox.verification import services as verification
from sandbox.verification.models import VerifySession
from sandbox.webhooks.models import DeliveryState, Purpose, Replay, WebhookDelivery

PHONE, DID, NOBODYS = "+12025550142", "+12065550150", "+12025550199"
Kwargs = dict[str, Any]


def _token(account: Account, owner: User) -> Kwargs:
    issue_token(account)
    mine = AuthToken.objects.for_account(account).filter(subaccount=None)
    return {"token_id": mine.get().public_id}


def _subaccount(account: Account, owner: User) -> Kwargs:
    made = create_subaccount(account=account, name="Branch", actor=owner)
    return {"auth_id": made.subaccount.auth_id}


def _invitation(account: Account, owner: User) -> Kwargs:
    offer = invitations.invite(
        account=account, email="guest@example.com", role=Role.DEVELOPER, actor=owner
    )
    return {"invitation_id": offer.pk}


def _sandbox_number(account: Account, owner: User) -> Kwargs:
    number, _ = verification.add_number(
        account=account, actor=owner, raw=PHONE, channel="sms", ip="192.0.2.7"
    )
    return {"public_id": number.public_id}


def _verify_session(account: Account, owner: User) -> Kwargs:
    made = VerifySession.objects.create(
        account=account,
        app_uuid=uuid4(),
        e164=PHONE,
        region="US",
        channel="sms",
        expires_at=clock.now() + timedelta(minutes=10),
    )
    return {"public_id": made.public_id}


def _did(account: Account, owner: User) -> Kwargs:
    stock = StockNumber.objects.create(
        number=DID, national=DID[2:], country="US", type=DidType.LOCAL, sms_enabled=True
    )
    RentedNumber.objects.create(
        account=account, stock=stock, number=DID, renewal_date=date(2026, 4, 2)
    )
    return {"number": DID}


def _handset(account: Account, owner: User) -> Kwargs:
    _sandbox_number(account, owner)
    return {"number": PHONE}


def _application(account: Account, owner: User) -> Kwargs:
    made = applications.create_application(
        account=account, actor="system", name="ivr", answer_url="https://app.example.com/"
    )
    return {"app_id": made.app_id}


def _endpoint(account: Account, owner: User) -> Kwargs:
    made = endpoints.create_endpoint(account=account, actor="system", name="alice", alias="Desk")
    return {"endpoint_id": made.endpoint.endpoint_id}


def _delivery(account: Account, owner: User) -> Kwargs:
    row = WebhookDelivery.objects.create(
        account=account,
        purpose=Purpose.ANSWER,
        delivery=uuid4(),
        attempt=1,
        method="POST",
        url="https://hooks.example.com/answer/",
        state=DeliveryState.DELIVERED,
        status=200,
        started_at=clock.now(),
    )
    return {"row_id": row.pk}


def _replay(account: Account, owner: User) -> Kwargs:
    row = WebhookDelivery.objects.get(pk=_delivery(account, owner)["row_id"])
    made = Replay.objects.create(account=account, source=row, url=row.url, method=row.method)
    return {"replay_id": made.pk}


def _call(account: Account, owner: User) -> Kwargs:
    made = Call.objects.create(
        account=account,
        direction=Direction.INBOUND,
        from_number=PHONE,
        to_number=DID,
        phase=CallPhase.ENDED,
        ended_at=clock.now(),
    )
    return {"call_uuid": made.call_uuid}


def _message(account: Account, owner: User) -> Kwargs:
    made = Message.objects.create(
        account=account,
        direction="inbound",
        state="received",
        from_number=PHONE,
        to_number=DID,
        text="Hello",
    )
    return {"uuid": made.uuid}


def _powerpack(account: Account, owner: User) -> Kwargs:
    return {"uuid": create_powerpack(account=account, actor=owner, name="Pack").uuid}


def _media(account: Account, owner: User) -> Kwargs:
    made = Media.objects.create(
        account=account, file_name="a.png", content_type="image/png", size=1, sha256="0" * 64
    )
    return {"uuid": made.uuid}


def _api_request(account: Account, owner: User) -> Kwargs:
    row = ApiRequest.objects.create(
        account=account, method="GET", path="/v1/Account/", status=200, milliseconds=1.5
    )
    return {"api_id": row.api_id}


def _room_deed(account: Account, owner: User) -> Kwargs:
    made = Room.objects.create(kind=RoomKind.CONFERENCE, account=account, name="Lobby")
    return {"room_uuid": made.room_uuid, "deed": "end"}


def _recording(account: Account, owner: User) -> Kwargs:
    made = Recording.objects.create(
        account=account,
        kind="call",
        asked_format="wav",
        file_format="wav",
        state="ready",
        started_at=clock.now(),
        ended_at=clock.now(),
    )
    path = files.path_of(made)
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(b"RIFF")
    return {"recording_id": made.pk}


def _export(account: Account, owner: User) -> Kwargs:
    made = exports.create_export(account=account, actor=owner, kind="calls")
    return {"export_id": made.pk}


OWNED: dict[str, Callable[[Account, User], Kwargs]] = {
    "token": _token,
    "subaccount": _subaccount,
    "member": lambda account, owner: {"member_id": owner.public_id},
    "invitation": _invitation,
    "sandbox number": _sandbox_number,
    "verify session": _verify_session,
    "did": _did,
    "handset": _handset,
    "handset deed": lambda account, owner: _handset(account, owner) | {"deed": "answer"},
    "application": _application,
    "endpoint": _endpoint,
    "delivery": _delivery,
    "replay": _replay,
    "call": _call,
    "call deed": lambda account, owner: _call(account, owner) | {"deed": "speak"},
    "message": _message,
    "powerpack": _powerpack,
    "own media": _media,
    "api request": _api_request,
    "room deed": _room_deed,
    "recording": _recording,
    "export": _export,
}
"""Makes an object of the owner's account and gives what names it in a path."""

NEVER_WAS: dict[str, Kwargs] = {
    "token": {"token_id": uuid4()},
    "subaccount": {"auth_id": "SANEVERWAS0000000000"},
    "member": {"member_id": uuid4()},
    "invitation": {"invitation_id": uuid4()},
    "invitation link": {"invitation_id": uuid4(), "secret": "x" * 32},
    "sandbox number": {"public_id": uuid4()},
    "verify session": {"public_id": uuid4()},
    "did": {"number": NOBODYS},
    "did in stock": {"number": NOBODYS},
    "handset": {"number": NOBODYS},
    "handset deed": {"number": NOBODYS, "deed": "answer"},
    "application": {"app_id": uuid4()},
    "endpoint": {"endpoint_id": "20000000000000"},
    "delivery": {"row_id": uuid4()},
    "replay": {"replay_id": uuid4()},
    "outbox row": {"row_id": uuid4()},
    "call": {"call_uuid": uuid4()},
    "call deed": {"call_uuid": uuid4(), "deed": "speak"},
    "message": {"uuid": uuid4()},
    "media": {"uuid": uuid4()},
    "powerpack": {"uuid": uuid4()},
    "own media": {"uuid": uuid4()},
    "api request": {"api_id": uuid4()},
    "room deed": {"room_uuid": uuid4(), "deed": "end"},
    "recording": {"recording_id": uuid4()},
    "recording link": {"recording_id": uuid4(), "key": "x" * 32, "extension": "wav"},
    "export": {"export_id": uuid4()},
    "account": {"auth_id": "MANEVERWAS0000000000"},
    "carrier": {"code": "never-was"},
    "route": {"route_id": 987654321},
    "rate": {"rate_id": 987654321},
    "letter": {"item_id": uuid4()},
    "term": {"slug": "did"},
    "element": {"slug": "record"},
    "guide": {"slug": "first-steps"},
    "api chapter": {"slug": "application"},
    "error": {"slug": "forbidden"},
    "markdown": {"kind": "glossary", "slug": "did"},
    "list markdown": {"name": "xml"},
    "": {},
}
"""What names an object of that kind that nobody has."""
