"""Registration of endpoints: whether a phone stands ready for one, and which.

An endpoint is registered while its handset's page is open, and for a day when it was switched on.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from django.conf import settings
from django.db.models import Q

from console.accounts.models import Account
from console.core import clock
from console.core.errors import NotFound
from console.endpoints.models import Endpoint

OPEN_PAGE: Final = timedelta(seconds=45)
"""How long an open page's word holds; it is given again while the page stays open."""
SWITCHED_ON: Final = timedelta(days=1)
USER_AGENT: Final = "Ringfence handset"


def endpoint_of(*, account: Account, uri: str) -> Endpoint | None:
    """The account's endpoint at a SIP URI of this platform, whatever its case (one query)."""
    user, _, host = uri.removeprefix("sip:").partition("@")
    if not uri.startswith("sip:") or host.lower() != settings.SIP_DOMAIN.lower():
        return None
    mine = Endpoint.objects.for_account(account)
    return mine.select_related("application", "subaccount").filter(username__iexact=user).first()


def registered_endpoint(*, account: Account, uri: str) -> Endpoint | None:
    """The same, when a phone is registered for it now (one query)."""
    endpoint = endpoint_of(account=account, uri=uri)
    return endpoint if endpoint is not None and endpoint.registered else None


def register(*, account: Account, uri: str, lasts: timedelta = SWITCHED_ON) -> bool:
    """Registers the endpoint for so long from now, never shorter than it is (one or two queries).

    False when it was registered for longer already. Raises NotFound.
    """
    endpoint = endpoint_of(account=account, uri=uri)
    if endpoint is None:
        raise NotFound
    until = clock.now() + lasts
    shorter = Q(registered_until=None) | Q(registered_until__lt=until)
    return bool(
        Endpoint.objects.for_account(account)
        .filter(shorter, pk=endpoint.pk)
        .update(
            registered_until=until,
            sip_contact=f"{endpoint.sip_uri};transport=handset"[:255],
            sip_user_agent=USER_AGENT,
        )
    )


def unregister(*, account: Account, uri: str) -> None:
    """Takes the endpoint's phone off the network; again is a no-op. Raises NotFound."""
    endpoint = endpoint_of(account=account, uri=uri)
    if endpoint is None:
        raise NotFound
    mine = Endpoint.objects.for_account(account).filter(pk=endpoint.pk)
    mine.update(registered_until=None, sip_contact="", sip_user_agent="")
