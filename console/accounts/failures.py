"""After failed sign-ins the form asks the browser for a little work (WEB-06).

Failures are counted by address and by network, known addresses and unknown ones alike. Who brings
no work is let through too, up to a lower limit for each network: so nobody is locked out by what
others do to their address, and those without scripts are not shut out.
"""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest

from console.core.http import client_ip
from console.core.limits import HOUR, Bucket, BucketFull, Window, address_subjects, check, take

_QUARTER = 900


def note(request: HttpRequest, email: str) -> None:
    """Counts a failure."""
    for bucket in _buckets(request, email):
        try:
            take([bucket])
        except BucketFull:
            continue  # work is asked for already


def work_wanted(request: HttpRequest, email: str = "") -> bool:
    """Whether this network, or this address from anywhere, failed too often of late (one query)."""
    try:
        check(_buckets(request, email))
    except BucketFull:
        return True
    return False


def take_idle(request: HttpRequest) -> None:
    """Counts a try that should have brought work and did not; raises BucketFull."""
    window = Window(settings.TRUST.login_idle_ip_hour, HOUR)
    take([Bucket(kind="sign-in-idle", subject=_network(request), windows=(window,))])


def _buckets(request: HttpRequest, email: str) -> list[Bucket]:
    window = Window(settings.TRUST.login_failures_before_work, _QUARTER)
    found = [Bucket(kind="sign-in-failed-ip", subject=_network(request), windows=(window,))]
    if address := email.strip().lower():
        found.append(Bucket(kind="sign-in-failed", subject=address, windows=(window,)))
    return found


def _network(request: HttpRequest) -> str:
    near, _ = address_subjects(client_ip(request))
    return near
