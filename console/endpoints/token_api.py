"""Access tokens over the API (compat/rest.md, Token)."""

from __future__ import annotations

from typing import Any, Final

from django.urls import path
from rest_framework import serializers

from console.accounts.models import Subaccount
from console.api.call import ApiCall, Reply
from console.api.fields import Args, Text, Whole
from console.api.operations import OBJECT, Resource, operation
from console.api.scope import invalid, subaccount_named
from console.core.errors import DomainError
from console.endpoints import jwt

TAG: Final = "Token"


class TokenArgs(Args):
    """Whom the token is for, how long it lives, and what it allows."""

    heeded = frozenset({"per"})

    iss = Text(
        required=True,
        allow_blank=False,
        max_length=20,
        help_text="Your auth id, or a subaccount's.",
    )
    sub = Text(required=False, max_length=64, help_text="Username of an endpoint.")
    nbf = Whole(required=False, min_value=0, help_text="Epoch seconds; now.")
    exp = Whole(required=False, min_value=0, help_text="Epoch seconds; a day after nbf.")
    app = Text(required=False, max_length=17, help_text="App id.")


class TokenMade(serializers.Serializer[Any]):
    """The token."""

    token = serializers.CharField()


class Tokens(Resource):
    """`JWT/Token/`."""

    @operation(
        "token_create",
        summary="Make an access token",
        tag=TAG,
        args=TokenArgs,
        answer=TokenMade,
        kind=OBJECT,
        errors=(400,),
        example={"iss": "MAXXXXXXXXXXXXXXXXXX", "per": {"voice": {"outgoing_allow": True}}},
        python='client.token.create("MAXXXXXXXXXXXXXXXXXX", outgoing_allow=True)',
        node='client.token.create("MAXXXXXXXXXXXXXXXXXX", {outgoing_allow: true})',
    )
    def post(self, call: ApiCall) -> Reply:
        """A JSON Web Token, signed by HMAC-SHA256 with the newest auth token."""
        args, allows = call.args, _voice(call.raw.get("per"))
        # The main account may make one for a subaccount of its own, signed by that one's token.
        by_main = call.subaccount is None and args["iss"].startswith("SA")
        token = jwt.mint(
            account=call.account,
            subaccount=_issuer(call, args["iss"]) if by_main else call.subaccount,
            issuer=args["iss"],
            username=args.get("sub", ""),
            app_id=args.get("app", ""),
            not_before=args.get("nbf"),
            expires=args.get("exp"),
            incoming=_yes(allows.get("incoming_allow")),
            outgoing=_yes(allows.get("outgoing_allow")),
        )
        return Reply(200, {"token": token})


def _issuer(call: ApiCall, auth_id: str) -> Subaccount | None:
    try:
        named = subaccount_named(call, auth_id)
    except DomainError as error:
        raise invalid("iss", "it is your auth id or that of a subaccount of yours") from error
    if named is not None and not named.enabled:
        raise invalid("iss", "this subaccount is disabled")
    return named


def _voice(per: object) -> dict[str, Any]:
    voice = per.get("voice") if isinstance(per, dict) else None
    return voice if isinstance(voice, dict) else {}


def _yes(value: object) -> bool:
    return str(value).strip().lower() in {"true", "1"}


urlpatterns = [path("JWT/Token/", Tokens.as_view())]
