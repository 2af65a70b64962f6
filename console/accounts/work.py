"""A little work that a browser does before it signs up, or signs in after failures (WEB-06).

The page carries a signed puzzle, bound to the form, the client's network and an hour. Its script
looks for a number that makes SHA-256 of `puzzle.number` begin with enough zero bits. A puzzle
counts once. Whoever runs no scripts is let in too, up to a lower limit.
"""

from __future__ import annotations

import hashlib
import re

from django.conf import settings
from django.core import signing
from django.core.cache import cache
from django.http import HttpRequest

from console.core import clock, randomness
from console.core.http import client_ip
from console.core.limits import address_subjects
from console.core.seals import keyed_hash, same

_GOOD_FOR = 3600
_ANSWER = re.compile(r"[0-9]{1,12}")


def puzzle_for(request: HttpRequest, *, form: str) -> str:
    """A fresh puzzle for the client's network, good for this form alone."""
    made = [clock.now().timestamp(), _network(request), randomness.token(8).hex()]
    return signing.dumps(made, salt=f"{form}-work")


def is_done(request: HttpRequest, *, form: str, puzzle: str, answer: str) -> bool:
    """Whether the work was done for a puzzle of ours, and for the first time."""
    if not _ANSWER.fullmatch(answer) or not _is_ours(request, form, puzzle):
        return False
    if not fits(puzzle, answer):
        return False
    used = hashlib.sha256(puzzle.encode()).hexdigest()
    return bool(cache.add(f"sign-up-work:{used}", 1, timeout=_GOOD_FOR))


def fits(puzzle: str, answer: str) -> bool:
    """Whether the hash begins with as many zero bits as asked for."""
    digest = hashlib.sha256(f"{puzzle}.{answer}".encode()).digest()
    return not int.from_bytes(digest[:4]) >> (32 - settings.TRUST.signup_work_bits)


def _is_ours(request: HttpRequest, form: str, puzzle: str) -> bool:
    try:
        at, network, _ = signing.loads(puzzle, salt=f"{form}-work")
        age = clock.now().timestamp() - float(at)
    except (signing.BadSignature, TypeError, ValueError):
        return False
    return 0 <= age < _GOOD_FOR and same(str(network), _network(request))


def _network(request: HttpRequest) -> str:
    near, _ = address_subjects(client_ip(request))
    return keyed_hash(settings.TOKEN_PEPPER, "sign-up-work|v1", near)[:16]
