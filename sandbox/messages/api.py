"""Messages over the API (compat/rest.md, Message; compat/cdr.md section 3)."""

from __future__ import annotations

from typing import Any, Final

from django.urls import path
from rest_framework import serializers

from console.api.call import ApiCall, Reply, done
from console.api.fields import Args, Flag, Joined, PageArgs, Text, Url, Verb, Whole
from console.api.operations import ACTION, PAGE, Resource, operation
from console.api.paging import page
from console.api.scope import compared, invalid, subaccount_named
from console.core.errors import DomainError, NotFound
from sandbox.fence.api import DRY, JudgedObject, judged
from sandbox.fence.kinds import Kind, Origin
from sandbox.messages import api_media, api_powerpacks
from sandbox.messages.api_records import COLUMNS, MessageObject, shaped, wanted_rows
from sandbox.messages.media import files_of
from sandbox.messages.models import Message, Powerpack
from sandbox.messages.powerpacks import find_powerpack
from sandbox.messages.services.orders import LONGEST_LIFE
from sandbox.messages.services.reading import get_message
from sandbox.messages.services.sending import send_messages

TAG: Final = "Message"
_NO_WHATSAPP: Final = "WhatsApp is not carried, so this has no effect."
_NONE_HAS: Final = "No message of the sandbox has one, so it narrows nothing."
_DLT: Final = ("dlt_entity_id", "dlt_template_id", "dlt_template_category")
_REQUIRED: Final = "Missing required parameters, src and dst and text"


class LogFlag(Text):
    """`log`: a boolean in any spelling, or one of the two words."""

    def to_internal_value(self, data: Any) -> str:
        """The word that is kept."""
        text = str(data).strip().lower()
        return {"1": "true", "0": "false"}.get(text, text)


class MessageSend(Args):
    """A text for one or several numbers."""

    src = Text(required=False, max_length=32, help_text="One of your numbers, or powerpack_uuid.")
    powerpack_uuid = Text(required=False, max_length=36)
    dst = Joined(required=False, help_text="Numbers joined by <, at most 1,000.")
    text = Text(required=False, max_length=4000, trim_whitespace=False)
    type = Text(required=False, max_length=16, help_text="sms or mms.")
    url = Url(required=False, help_text="Told every state of each message.")
    method = Verb(required=False)
    log = LogFlag(required=False, help_text="true, false, content_only or number_only.")
    trackable = Flag(required=False)
    media_urls = Joined(required=False, separator=",", most=10)
    media_ids = Joined(required=False, separator=",", most=10)
    message_expiry = Whole(required=False, help_text="Seconds in the queue, 5 to 10800.")
    dlt_entity_id = Text(required=False, max_length=64)
    dlt_template_id = Text(required=False, max_length=64)
    dlt_template_category = Text(required=False, max_length=64)
    dry_run = Flag(required=False, help_text=DRY)

    later = {
        "trackable": "Kept; links in texts are not counted.",
        "template": _NO_WHATSAPP,
        "interactive": _NO_WHATSAPP,
        "location": _NO_WHATSAPP,
    }
    usual = {"trackable": "false"}


class MessageFilter(PageArgs):
    """Which messages a list shows. Without a time the last 7 days; a span has at most 30."""

    subaccount = Text(required=False, max_length=20)
    message_direction = Text(required=False, max_length=8)
    message_state = Text(required=False, max_length=12)
    message_type = Text(required=False, max_length=8)
    message_time = Text(required=False, max_length=32)
    error_code = Text(required=False, max_length=8)
    powerpack_id = Text(required=False, max_length=36)
    destination_country_iso2 = Text(required=False, max_length=2)
    from_number = Text(required=False, max_length=32)
    to_number = Text(required=False, max_length=32)

    heeded = compared("message_time")
    later = {
        "tendlc_campaign_id": _NONE_HAS,
        "tendlc_registration_status": _NONE_HAS,
        "conversation_id": _NONE_HAS,
        "conversation_origin": _NONE_HAS,
    }


class MessageSent(serializers.Serializer[Any]):
    """Always a list of ids, one a destination; parts that are no numbers are named apart."""

    message = serializers.CharField()
    message_uuid = serializers.ListField(child=serializers.CharField())
    invalid_number = serializers.ListField(child=serializers.CharField(), required=False)


class Messages(Resource):
    """`Message/`."""

    @operation(
        "message_list",
        summary="List messages",
        tag=TAG,
        args=MessageFilter,
        answer=MessageObject,
        kind=PAGE,
        errors=(400,),
        python="client.messages.list(limit=20, message_state='delivered')",
        node="client.messages.list({limit: 20, messageState: 'delivered'})",
    )
    def get(self, call: ApiCall) -> Reply:
        """Newest first; the texts are in no answer."""
        scope = subaccount_named(call, call.args.get("subaccount"))
        rows = Message.objects.for_account(call.account, scope).filter(wanted_rows(call))
        found = rows.order_by("-message_time", "-id").values(*COLUMNS)
        return page(call, found, shaped(call))

    @operation(
        "message_send",
        summary="Send a message",
        tag=TAG,
        args=MessageSend,
        answer=MessageSent,
        kind=ACTION,
        errors=(400, 403, 404),
        instead={200: JudgedObject},
        example={"src": "12065550150", "dst": "15005550170", "text": "Your table is booked."},
        python='client.messages.create(src="12065550150", dst="15005550170", text="Hello")',
        node='client.messages.create({src: "12065550150", dst: "15005550170", text: "Hello"})',
    )
    def post(self, call: ApiCall) -> Reply:
        """Queues one message a destination; one that the fence refuses refuses them all."""
        args = call.args
        _require_parties(args)
        pack = _powerpack(call)
        if args.get("dry_run"):
            return judged(call, kind=Kind.MESSAGE, from_=args.get("src", ""), to=args["dst"])
        sent = send_messages(
            account=call.account,
            subaccount=call.subaccount,
            origin=Origin.API_MESSAGE,
            src=args.get("src", ""),
            dst="<".join(args["dst"]),
            text=args.get("text", ""),
            type=args.get("type") or "sms",
            powerpack=pack,
            url=args.get("url", ""),
            method=args.get("method") or "POST",
            log=args.get("log") or "true",
            trackable=args.get("trackable", False),
            media_urls=args.get("media_urls", []),
            media_ids=args.get("media_ids", []),
            life=args.get("message_expiry", LONGEST_LIFE),
            dlt={name: args[name] for name in _DLT if args.get(name)},
            requester_ip=call.ip,
        )
        ids = [str(one.uuid) for one in sent.messages]
        more = {"invalid_number": sent.invalid} if sent.invalid else {}
        return done("message(s) queued", status=202, message_uuid=ids, **more)


class OneMessage(Resource):
    """`Message/{message_uuid}/`."""

    @operation(
        "message_get",
        summary="Get a message",
        tag=TAG,
        answer=MessageObject,
        python='client.messages.get("7d0b1f0e-5b5c-4a61-9f0e-1f2a3b4c5d6e")',
        node='client.messages.get("7d0b1f0e-5b5c-4a61-9f0e-1f2a3b4c5d6e")',
    )
    def get(self, call: ApiCall, message_uuid: str) -> Reply:
        """The record of one message of the account."""
        uuid = api_media.uuid_of(message_uuid)
        mine = Message.objects.for_account(call.account, call.subaccount).filter(uuid=uuid)
        row = mine.values(*COLUMNS).first()
        if row is None:
            raise NotFound
        return Reply(200, shaped(call)(row))


class MessageMedia(Resource):
    """`Message/{message_uuid}/Media/`."""

    @operation(
        "message_media",
        summary="List the media of a message",
        tag=TAG,
        answer=api_media.MessageMediaAnswer,
        python='client.messages.list_media("7d0b1f0e-5b5c-4a61-9f0e-1f2a3b4c5d6e")',
        node='client.messages.listMedia("7d0b1f0e-5b5c-4a61-9f0e-1f2a3b4c5d6e")',
    )
    def get(self, call: ApiCall, message_uuid: str) -> Reply:
        """Only files that were uploaded; those named by URL are yours."""
        message = get_message(
            account=call.account,
            subaccount=call.subaccount,
            uuid=api_media.uuid_of(message_uuid),
        )
        files = [api_media.shape(one, str(message.uuid)) for one in files_of(message)]
        return Reply(200, {"message_uuid": str(message.uuid), "objects": files})


def _powerpack(call: ApiCall) -> Powerpack | None:
    """The one that is to send; raises NotFound for what is not the caller's."""
    given = call.args.get("powerpack_uuid")
    if not given:
        return None
    uuid = api_media.uuid_of(given)
    return find_powerpack(account=call.account, subaccount=call.subaccount, uuid=uuid)


def _require_parties(args: dict[str, Any]) -> None:
    if args.get("src") and args.get("powerpack_uuid"):
        raise invalid("powerpack_uuid", "give either src or powerpack_uuid")
    has_media = args.get("media_urls") or args.get("media_ids")
    has_source = args.get("src") or args.get("powerpack_uuid")
    if not has_source or not args.get("dst") or not (args.get("text") or has_media):
        raise DomainError(_REQUIRED, code="missing_parameter")


urlpatterns = [
    path("Message/", Messages.as_view()),
    path("Message/<str:message_uuid>/", OneMessage.as_view()),
    path("Message/<str:message_uuid>/Media/", MessageMedia.as_view()),
    *api_powerpacks.urlpatterns,
    *api_media.urlpatterns,
]
