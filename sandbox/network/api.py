"""Handsets over the API (sandbox-api.md): all that a person does with one, for scripts and tests.

Only the main account sees them: a handset shows the traffic of all subaccounts.
"""

from __future__ import annotations

from typing import Any, Final, cast
from uuid import UUID

from django.urls import path

from console.api.call import ApiCall, Reply, deleted, done
from console.api.fields import Args, Text
from console.api.operations import ACTION, NOTHING, OBJECT, PAGE, Resource, operation
from console.api.paging import limits, listed
from console.core.errors import DomainError
from sandbox.network import outgoing, screens, scripting, services

TAG: Final = "Sandbox"


class OnCallArgs(Args):
    """Which call of the phone is meant; needed only when it has several."""

    call_uuid = Text(required=False, max_length=40)


class HandsetDigitsArgs(OnCallArgs):
    """Keys to press."""

    digits = Text(required=True, allow_blank=False, max_length=32, help_text="0 to 9, * and #.")


class SayArgs(OnCallArgs):
    """Words to say."""

    text = Text(required=True, allow_blank=False, max_length=500)


class CallArgs(Args):
    """Whom the phone calls."""

    to = Text(required=True, allow_blank=False, max_length=128)


class MessageArgs(Args):
    """Whom the phone texts, and what."""

    to = Text(required=True, allow_blank=False, max_length=64)
    text = Text(required=True, allow_blank=False, max_length=1600)


class ScriptArgs(Args):
    """What the phone does by itself; the service checks the steps."""

    heeded = frozenset({"after", "then", "machine"})

    on_ring = Text(required=True, help_text="answer, reject, busy or ignore.")


class Handsets(Resource):
    """`Sandbox/Handset/`."""

    @operation(
        "handset_list",
        summary="List handsets",
        tag=TAG,
        kind=PAGE,
        errors=(400, 403),
        main_only=True,
        sandbox_only=True,
    )
    def get(self, call: ApiCall) -> Reply:
        """Sandbox numbers, outcome numbers in use, and endpoints."""
        phones: list[dict[str, Any]] = [
            {"number": one.number, "kind": "number"}
            for one in services.handsets(account=call.account)
        ]
        phones += [
            {"number": one.number, "kind": "endpoint", "registered": one.registered}
            for one in screens.endpoint_lines(call.account)
        ]
        limit, offset = limits(call.raw)
        shown = phones[offset : offset + limit]
        return listed(call, shown, len(phones), limit, offset)


def _deed(name: str, summary: str, args: type[Args], do: Any) -> Any:
    """A route that does one thing with a call at the phone."""

    @operation(
        f"handset_{name}",
        summary=summary,
        tag=TAG,
        args=args,
        kind=ACTION,
        errors=(400, 403, 404, 409),
        main_only=True,
        sandbox_only=True,
    )
    def post(self: Resource, call: ApiCall, number: str) -> Reply:
        given = {one: value for one, value in call.args.items() if one != "call_uuid"}
        made = do(
            account=call.account,
            number=_canonical(number),
            call_uuid=_uuid(call.args.get("call_uuid")),
            **given,
        )
        return done("done", status=202, call_uuid=str(made.call_uuid), state=made.state)

    post.__doc__ = f"{summary}; doing it again is a no-op."
    return type(f"Handset{name.title()}", (Resource,), {"post": post, "__doc__": summary})


class OneHandset(Resource):
    """`Sandbox/Handset/{number}/`."""

    @operation(
        "handset_get",
        summary="See what a handset shows",
        tag=TAG,
        kind=OBJECT,
        errors=(403, 404),
        main_only=True,
        sandbox_only=True,
    )
    def get(self, call: ApiCall, number: str) -> Reply:
        """Its messages and calls, newest first; `said` is the phone's own side of a call."""
        return Reply(200, services.handset_state(account=call.account, number=_canonical(number)))


class HandsetCalls(Resource):
    """`Sandbox/Handset/{number}/Call/`."""

    @operation(
        "handset_call",
        summary="Call from a handset",
        tag=TAG,
        args=CallArgs,
        kind=ACTION,
        status=201,
        errors=(400, 403, 404, 429),
        main_only=True,
        sandbox_only=True,
        example={"to": "+12065550150"},
    )
    def post(self, call: ApiCall, number: str) -> Reply:
        """A DID or SIP address of the account answers; from an endpoint, its application does."""
        made = outgoing.place_call(
            account=call.account, number=_canonical(number), to=call.args["to"]
        )
        return done("call placed", status=201, call_uuid=str(made))


class HandsetMessages(Resource):
    """`Sandbox/Handset/{number}/Message/`."""

    @operation(
        "handset_message",
        summary="Text from a handset",
        tag=TAG,
        args=MessageArgs,
        kind=ACTION,
        status=201,
        errors=(400, 403, 404, 429),
        main_only=True,
        sandbox_only=True,
        example={"to": "+12065550150", "text": "Hello"},
    )
    def post(self, call: ApiCall, number: str) -> Reply:
        """To a DID of the account."""
        made = outgoing.send_message(
            account=call.account,
            number=_canonical(number),
            to=call.args["to"],
            text=call.args["text"],
        )
        return done("message sent", status=201, message_uuid=str(made))


class HandsetScripts(Resource):
    """`Sandbox/Handset/{number}/Script/`."""

    @operation(
        "handset_script_get",
        summary="Read a handset's script",
        tag=TAG,
        kind=OBJECT,
        errors=(403, 404),
        main_only=True,
        sandbox_only=True,
    )
    def get(self, call: ApiCall, number: str) -> Reply:
        """Without a script `on_ring` is null."""
        found = scripting.get_script(account=call.account, number=_canonical(number))
        return Reply(200, scripting.script_json(found) if found else {"on_ring": None})

    @operation(
        "handset_script_put",
        summary="Let a handset act by itself",
        tag=TAG,
        args=ScriptArgs,
        kind=OBJECT,
        errors=(400, 403, 404),
        main_only=True,
        sandbox_only=True,
        example={
            "on_ring": "answer",
            "after": 2,
            "then": [{"after": 1, "say": "Hello?"}, {"after": 1, "digits": "1"}],
        },
    )
    def put(self, call: ApiCall, number: str) -> Reply:
        """From the next ring on. A step of `then` has `after`, and `digits`, `say` (with `seconds`,
        if you like), `beep` or `hangup`. With `machine` an answering machine picks up.
        """
        given = {
            name: call.raw[name]
            for name in ("on_ring", "after", "then", "machine")
            if call.raw.get(name) is not None
        }
        made = scripting.set_script(
            account=call.account, number=_canonical(number), **cast("Any", given)
        )
        return Reply(200, scripting.script_json(made))

    @operation(
        "handset_script_delete",
        summary="Take a handset's script away",
        tag=TAG,
        kind=NOTHING,
        errors=(403, 404),
        main_only=True,
        sandbox_only=True,
    )
    def delete(self, call: ApiCall, number: str) -> Reply:
        """It waits for a person again."""
        scripting.remove_script(account=call.account, number=_canonical(number))
        return deleted()


def _canonical(number: str) -> str:
    """A number with its plus, which the path may leave out; a SIP URI as it is."""
    bare = number.strip()
    return f"+{bare}" if bare.isascii() and bare.isdigit() else bare


def _uuid(text: str | None) -> UUID | None:
    if not text:
        return None
    try:
        return UUID(text)
    except ValueError as error:
        raise DomainError(
            "call_uuid parameter is invalid: it is a call UUID",
            code="invalid_parameter",
            field="call_uuid",
        ) from error


_AT: Final = "Sandbox/Handset/<str:number>/"
_ANSWER = _deed("answer", "Answer the ringing call", OnCallArgs, services.answer)
_REJECT = _deed("reject", "Reject the ringing call", OnCallArgs, services.reject)
_HANG_UP = _deed("hangup", "Hang up", OnCallArgs, services.hang_up)
_DIGITS = _deed("digits", "Press keys", HandsetDigitsArgs, services.press_digits)
_SAY = _deed("say", "Say words", SayArgs, services.say)
urlpatterns = [
    path("Sandbox/Handset/", Handsets.as_view()),
    path(_AT, OneHandset.as_view()),
    path(f"{_AT}Answer/", _ANSWER.as_view()),
    path(f"{_AT}Reject/", _REJECT.as_view()),
    path(f"{_AT}Hangup/", _HANG_UP.as_view()),
    path(f"{_AT}Digits/", _DIGITS.as_view()),
    path(f"{_AT}Say/", _SAY.as_view()),
    path(f"{_AT}Call/", HandsetCalls.as_view()),
    path(f"{_AT}Message/", HandsetMessages.as_view()),
    path(f"{_AT}Script/", HandsetScripts.as_view()),
]
