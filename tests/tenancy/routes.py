"""Every route with who may use it (TEN-05). A route that is missing here fails the build.

`get` and `post` name the least that a visitor must be: PUBLIC, PERSON (signed in), MEMBER (of an
account), WRITER, MANAGER, STAFF; None says that the method is refused with 405. `thing` names the
kind of object whose id is in the path.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum


class Who(IntEnum):
    """From least to most."""

    PUBLIC, PERSON, MEMBER, WRITER, MANAGER, STAFF = range(6)


PUBLIC, PERSON, MEMBER, WRITER, MANAGER, STAFF = Who


@dataclass(frozen=True)
class Route:
    """What a route takes, and from whom."""

    get: Who | None = None
    post: Who | None = None
    thing: str = ""


def _names(text: str) -> frozenset[str]:
    return frozenset(text.split())


def _same(who: Who, names: str, *, post: Who | None = None) -> dict[str, Route]:
    return {name: Route(get=who, post=post) for name in names.split()}


ROUTES: dict[str, Route] = {
    **_same(PUBLIC, "home:index home:healthz home:readyz home:metrics accounts:mailbox"),
    **_same(PUBLIC, "help:index help:search help:glossary help:outcome-numbers help:xml"),
    **_same(PUBLIC, "help:errors help:llms help:api help:openapi"),
    "help:xml-check": Route(get=PUBLIC, post=PUBLIC),
    "help:playground": Route(get=PUBLIC, post=PUBLIC),
    "help:api-chapter": Route(get=PUBLIC, thing="api chapter"),
    "accounts:letter": Route(get=PUBLIC, thing="letter"),
    "help:term": Route(get=PUBLIC, thing="term"),
    "help:tip": Route(get=PUBLIC, thing="term"),
    "help:element": Route(get=PUBLIC, thing="element"),
    "help:guide": Route(get=PUBLIC, thing="guide"),
    "help:error": Route(get=PUBLIC, thing="error"),
    "help:markdown": Route(get=PUBLIC, thing="markdown"),
    "help:list-markdown": Route(get=PUBLIC, thing="list markdown"),
    "api:requests": Route(get=MEMBER),
    "api:request": Route(get=MEMBER, thing="api request"),
    "api:compatibility": Route(get=MEMBER),
    "home:design": Route(get=PUBLIC),
    "home:palette": Route(get=MEMBER),
    "home:switch-account": Route(post=MEMBER),
    # settings
    "accounts:settings": Route(get=MEMBER, post=MANAGER),
    "accounts:credentials": Route(get=MEMBER),
    "accounts:rotate": Route(post=MANAGER),
    "accounts:revoke": Route(post=MANAGER, thing="token"),
    "accounts:token": Route(get=MEMBER),
    "accounts:subaccounts": Route(get=MEMBER, post=MANAGER),
    "accounts:subaccount": Route(get=MEMBER, post=MANAGER, thing="subaccount"),
    "accounts:subaccount-enabled": Route(post=MANAGER, thing="subaccount"),
    "accounts:subaccount-rotate": Route(post=MANAGER, thing="subaccount"),
    "accounts:subaccount-delete": Route(post=MANAGER, thing="subaccount"),
    "privacy:data": Route(get=MANAGER),
    "privacy:take": Route(post=MANAGER),
    "privacy:records": Route(post=MANAGER),
    "privacy:close": Route(post=MANAGER),
    "privacy:keep": Route(post=MANAGER),
    "accounts:security": Route(get=MEMBER),
    "accounts:own-name": Route(post=MEMBER),
    "accounts:team": Route(get=MEMBER),
    "accounts:team-role": Route(post=MANAGER, thing="member"),
    "accounts:team-remove": Route(post=MANAGER, thing="member"),
    "accounts:invite": Route(post=MANAGER),
    "accounts:withdraw": Route(post=MANAGER, thing="invitation"),
    "accounts:invitation": Route(get=PERSON, post=PERSON, thing="invitation link"),
    "accounts:audit-log": Route(get=MANAGER),
    "accounts:upgrade": Route(post=MANAGER),
    # staff
    "operator:index": Route(get=STAFF),
    "accounts:operator-accounts": Route(get=STAFF),
    "accounts:operator-account": Route(get=STAFF, thing="account"),
    "accounts:operator-decide": Route(post=STAFF, thing="account"),
    "accounts:operator-state": Route(post=STAFF, thing="account"),
    "accounts:operator-credit": Route(post=STAFF, thing="account"),
    "accounts:operator-restores": Route(get=STAFF),
    "accounts:operator-restore-decide": Route(post=STAFF),
    "fence:operator-policy": Route(get=STAFF, post=STAFF),
    "fence:operator-prefixes": Route(get=STAFF, post=STAFF),
    "fence:operator-prefix-remove": Route(post=STAFF),
    "verification:operator-switches": Route(get=STAFF, post=STAFF),
    "verification:operator-switch-lift": Route(post=STAFF),
    "network:operator-carriers": Route(get=STAFF, post=STAFF),
    "network:operator-carrier": Route(get=STAFF, post=STAFF, thing="carrier"),
    "network:operator-routes": Route(get=STAFF, post=STAFF),
    "network:operator-route-remove": Route(post=STAFF, thing="route"),
    "network:operator-rates": Route(get=STAFF, post=STAFF),
    "network:operator-rate-remove": Route(post=STAFF, thing="rate"),
    "network:operator-pops": Route(get=STAFF, post=STAFF),
    "numbers:operator-stock": Route(get=STAFF, post=STAFF),
    # numbers, applications, endpoints
    "verification:list": Route(get=MEMBER, post=WRITER),
    "verification:sessions": Route(get=MEMBER),
    "verification:session": Route(get=MEMBER, thing="verify session"),
    "verification:detail": Route(get=MEMBER, thing="sandbox number"),
    "verification:verify": Route(post=WRITER, thing="sandbox number"),
    "verification:send": Route(post=WRITER, thing="sandbox number"),
    "verification:remove": Route(post=WRITER, thing="sandbox number"),
    "fence:index": Route(get=MEMBER),
    "fence:routes": Route(get=MEMBER),
    "network:index": Route(get=MEMBER),
    "network:handsets": Route(get=MEMBER),
    "network:handset": Route(get=MEMBER, thing="handset"),
    "network:screen": Route(get=MEMBER, thing="handset"),
    "network:script": Route(get=WRITER, post=WRITER, thing="handset"),
    "network:act": Route(post=WRITER, thing="handset deed"),
    "network:events": Route(get=MEMBER, thing="handset"),
    "numbers:list": Route(get=MEMBER),
    "numbers:assign": Route(post=WRITER),
    "numbers:search": Route(get=MEMBER),
    "numbers:detail": Route(get=MEMBER, post=WRITER, thing="did"),
    "numbers:rent": Route(get=WRITER, post=WRITER, thing="did in stock"),
    "numbers:release": Route(post=WRITER, thing="did"),
    "applications:list": Route(get=MEMBER),
    "applications:new": Route(get=WRITER, post=WRITER),
    "applications:detail": Route(get=MEMBER, post=WRITER, thing="application"),
    "applications:delete": Route(post=WRITER, thing="application"),
    "endpoints:list": Route(get=MEMBER),
    "endpoints:new": Route(get=WRITER, post=WRITER),
    "endpoints:phones": Route(get=MEMBER),
    "endpoints:detail": Route(get=MEMBER, post=WRITER, thing="endpoint"),
    "endpoints:password": Route(post=WRITER, thing="endpoint"),
    "endpoints:delete": Route(post=WRITER, thing="endpoint"),
    # records and logs
    "calls:list": Route(get=MEMBER),
    "calls:csv": Route(get=MEMBER),
    "exports:list": Route(get=MEMBER),
    "exports:new": Route(get=MEMBER, post=MEMBER),
    "exports:detail": Route(get=MEMBER, thing="export"),
    "exports:download": Route(post=MEMBER, thing="export"),
    "exports:remove": Route(post=MEMBER, thing="export"),
    "exports:file": Route(get=PUBLIC, thing="export"),
    "story:live": Route(get=MEMBER),
    "story:detail": Route(get=MEMBER, thing="call"),
    "story:json": Route(get=MEMBER, thing="call"),
    "story:markdown": Route(get=MEMBER, thing="call"),
    "story:hangup": Route(post=WRITER, thing="call"),
    "story:act": Route(post=WRITER, thing="call deed"),
    "story:test": Route(get=WRITER, post=WRITER),
    "messages:list": Route(get=MEMBER),
    "messages:csv": Route(get=MEMBER),
    "messages:new": Route(get=WRITER, post=WRITER),
    "messages:detail": Route(get=MEMBER, thing="message"),
    "messages:powerpacks": Route(get=MEMBER),
    "messages:powerpack_new": Route(get=WRITER, post=WRITER),
    "messages:powerpack": Route(get=MEMBER, post=WRITER, thing="powerpack"),
    "messages:powerpack_add": Route(post=WRITER, thing="powerpack"),
    "messages:powerpack_remove": Route(post=WRITER, thing="powerpack"),
    "messages:powerpack_delete": Route(post=WRITER, thing="powerpack"),
    "messages:media_list": Route(get=MEMBER),
    "messages:media_delete": Route(post=WRITER, thing="own media"),
    "messages:media": Route(get=PUBLIC, thing="media"),
    "rooms:list": Route(get=MEMBER),
    "rooms:act": Route(post=WRITER, thing="room deed"),
    "recordings:list": Route(get=MEMBER),
    "recordings:file": Route(get=MEMBER, thing="recording"),
    "recordings:delete": Route(post=WRITER, thing="recording"),
    "recordings:link": Route(get=PUBLIC, thing="recording link"),
    "webhooks:list": Route(get=MEMBER),
    "webhooks:detail": Route(get=MEMBER, thing="delivery"),
    "webhooks:url-enable": Route(post=WRITER),
    "webhooks:operator-outbox": Route(get=STAFF),
    "webhooks:operator-outbox-revive": Route(post=STAFF, thing="outbox row"),
    "webhooks:replay-range": Route(post=WRITER),
    "webhooks:replay-new": Route(get=WRITER, post=WRITER, thing="delivery"),
    "webhooks:replay": Route(get=MEMBER, thing="replay"),
    "webhooks:signatures": Route(get=WRITER, post=WRITER),
    "webhooks:faults": Route(get=MEMBER, post=WRITER, thing="application"),
    "webhooks:faults-clear": Route(post=WRITER, thing="application"),
    **_same(MEMBER, "webhooks:verify-faults webhooks:messages-faults", post=WRITER),
    "webhooks:verify-faults-clear": Route(post=WRITER),
    "webhooks:messages-faults-clear": Route(post=WRITER),
}

ALLAUTH_PUBLIC = _names(
    "account_login account_logout account_inactive account_signup "
    "account_email_verification_sent account_reset_password account_confirm_login_code "
    "account_confirm_email account_reset_password_from_key_done "
    "account_reset_password_from_key account_reset_password_done mfa_authenticate "
    "mfa_login_webauthn"
)
"""What django-allauth shows to anyone: its own steps of signing in are among them."""

ALLAUTH_PERSONAL = _names(
    "account_reauthenticate account_email account_change_password account_set_password "
    "mfa_index mfa_reauthenticate mfa_activate_totp mfa_deactivate_totp "
    "mfa_view_recovery_codes mfa_generate_recovery_codes mfa_download_recovery_codes "
    "mfa_list_webauthn mfa_add_webauthn mfa_reauthenticate_webauthn mfa_remove_webauthn "
    "mfa_edit_webauthn usersessions_list"
)
"""One's own sign-in: looked up by the person, never by an account."""
