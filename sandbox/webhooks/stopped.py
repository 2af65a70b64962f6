"""URLs that answered 410 Gone: no notification goes there until their owner says so (HOOK-04)."""

from __future__ import annotations

import hashlib

from console.accounts.models import Account
from console.core import clock
from sandbox.webhooks.models import DisabledUrl


def disable_url(*, account: Account, url: str) -> None:
    """Stops notifications to a URL; doing it twice is doing it once (one query)."""
    bare = bare_url(url)
    DisabledUrl.objects.bulk_create(
        [DisabledUrl(account=account, url=bare, url_hash=_hash(bare), disabled_at=clock.now())],
        ignore_conflicts=True,
    )


def enable_url(*, account: Account, url: str) -> bool:
    """Lets notifications go to a URL again; False when nothing stopped them (one query)."""
    stopped = DisabledUrl.objects.for_account(account).filter(url_hash=_hash(bare_url(url)))
    return bool(stopped.delete()[0])


def is_disabled(*, account: Account, url: str) -> bool:
    """Whether the URL answered 410 and nobody has let it go again (one query)."""
    stopped = DisabledUrl.objects.for_account(account)
    return stopped.filter(url_hash=_hash(bare_url(url))).exists()


def bare_url(url: str) -> str:
    """The URL without its fragment, as long as the table keeps it."""
    return url.partition("#")[0][:2048]


def _hash(url: str) -> str:
    return hashlib.sha256(url.encode("utf-8", "replace")).hexdigest()
