"""How long a session lives, and when its holder last proved who they are (ACC-05, ACC-06).

The marks are in the session itself, which is kept on the server; times are the database's.
"""

from __future__ import annotations

from allauth.usersessions.models import UserSession
from django.conf import settings
from django.http import HttpRequest

from console.core import clock

_STARTED, _SEEN, _PROVED = "started_at", "seen_at", "proved_at"
_NOTED_EVERY = 60


def _now() -> int:
    return int(clock.now().timestamp())


def begin(request: HttpRequest) -> None:
    """Starts the clocks of a session that was just signed in."""
    now = _now()
    request.session.update({_STARTED: now, _SEEN: now, _PROVED: now})


def note_proof(request: HttpRequest) -> None:
    """The holder has just given a password or a second factor."""
    request.session[_PROVED] = _now()


def recently_authenticated(request: HttpRequest) -> bool:
    """Whether the last proof is younger than the limit (15 minutes)."""
    age = _now() - int(request.session.get(_PROVED, 0))
    return bool(request.user.is_authenticated) and age < settings.TRUST.reauthenticate_after


def is_over(request: HttpRequest) -> bool:
    """Whether the session is idle for too long or too old; notes the use, once a minute.

    What a page asks by itself, live streams and refreshes, is no use of it by a person.
    """
    now = _now()
    started = int(request.session.get(_STARTED, 0))
    seen = int(request.session.get(_SEEN, 0))
    if now - started > settings.TRUST.session_absolute or now - seen > settings.TRUST.session_idle:
        return True
    if now - seen >= _NOTED_EVERY and not _by_itself(request):
        request.session[_SEEN] = now
    return False


def _by_itself(request: HttpRequest) -> bool:
    return request.path.startswith("/live/") or "X-Background" in request.headers


def renew(request: HttpRequest) -> None:
    """Gives the session a new id; the old one is dead (ACC-05). Three queries."""
    before = request.session.session_key
    request.session.cycle_key()
    UserSession.objects.filter(session_key=before).update(session_key=request.session.session_key)
