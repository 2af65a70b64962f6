"""Recovery codes, kept as hashes only (ACC-04).

django-allauth keeps the seed that all ten codes follow from; here a set is a salt and the hashes of
the codes that are left. Each hash is a slow one over a keyed one: whoever has the database lacks
the pepper, and whoever has both still pays for each guess. All codes of a set share its salt, so
that a try costs one slow hash, not ten. The clear codes wait, sealed, in the session that made
them, and are taken out by the first look.
"""

from __future__ import annotations

import base64
from typing import Any

from allauth.core import context
from allauth.core.internal.cryptokit import normalize_user_code
from allauth.mfa import app_settings
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal import auth, flows
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt
from django.conf import settings
from django.db import transaction
from django.http import HttpRequest

from console.accounts.models import User
from console.core import clock, randomness
from console.core.seals import SealBroken, keyed_hash, same, seal, unseal

_SESSION_KEY, _PURPOSE = "recovery_once", "recovery-once"
_COST = 2**13  # about 25 milliseconds


class HashedCodes(auth.RecoveryCodes):  # type: ignore[misc]  # allauth is not typed
    """A set of codes as django-allauth handles it; `instance.data` is what `hashed` gives."""

    instance: Any

    def __init__(self, instance: Authenticator) -> None:
        super().__init__(instance)
        self._shown: list[str] = []

    @classmethod
    def activate(cls, user: User) -> HashedCodes:
        """The user's set; a new one is shown by the session of this request, once."""
        kind = Authenticator.Type.RECOVERY_CODES
        instance = Authenticator.objects.filter(user=user, type=kind).first()
        if instance is None:
            codes = [_fresh() for _ in range(app_settings.RECOVERY_CODE_COUNT)]
            data = hashed(user.pk, codes)
            instance = Authenticator.objects.create(user=user, type=kind, data=data)
            _keep(context.request, instance, codes)
        return cls(instance)

    def get_unused_codes(self) -> list[str]:
        """The codes when this look may show them; else as many dots."""
        return self._shown or ["••••••••"] * len(self.instance.data["codes"])

    def validate_code(self, code: str) -> bool:
        """Whether it is one of the codes that are left; it is used up in the same breath."""
        clear = normalize_user_code(code)
        if len(clear) != app_settings.RECOVERY_CODE_DIGITS or not clear.isascii():
            return False  # a code of an app: spare the slow hash
        made = _hash(self.instance.user_id, self.instance.data["salt"], clear)
        with transaction.atomic():
            self._lock()
            left = self.instance.data["codes"]
            kept = [one for one in left if not same(one, made)]
            if len(kept) == len(left):
                return False
            self.instance.data["codes"] = kept
            self.instance.save(update_fields=["data"])
        return True

    @property
    def did_view(self) -> bool:
        """Whether this session has no codes to show."""
        return not _waiting(context.request, self.instance)

    def mark_as_viewed(self) -> None:
        """Takes the codes out of the session, for the first look at the set only."""
        codes = _waiting(context.request, self.instance)
        context.request.session.pop(_SESSION_KEY, None)
        with transaction.atomic():
            self._lock()
            if not self.instance.data["viewed_at"]:
                self._shown = codes
            self.instance.data["viewed_at"] = clock.now().timestamp()
            self.instance.save(update_fields=["data"])

    def _lock(self) -> None:
        # On SQLite the transaction itself is the lock: it is an immediate one.
        self.instance = Authenticator.objects.select_for_update().get(pk=self.instance.pk)


def put_in_place() -> None:
    """Has django-allauth use these codes: it has no setting for it."""
    auth.RecoveryCodes = flows.RecoveryCodes = HashedCodes


def hashed(user_id: int, codes: list[str]) -> dict[str, Any]:
    """What is stored of a set."""
    salt = randomness.token(16).hex()
    return {"salt": salt, "codes": [_hash(user_id, salt, one) for one in codes], "viewed_at": None}


def _hash(user_id: int, salt: str, code: str) -> str:
    keyed = keyed_hash(settings.TOKEN_PEPPER, "recovery-code|v1", str(user_id), code)
    slow = Scrypt(salt=bytes.fromhex(salt), length=32, n=_COST, r=8, p=1)
    return slow.derive(keyed.encode()).hex()


def _fresh() -> str:
    digits = app_settings.RECOVERY_CODE_DIGITS
    return f"{randomness.below(10**digits):0{digits}d}"


def _keep(request: HttpRequest, instance: Authenticator, codes: list[str]) -> None:
    sealed = seal(" ".join(codes).encode(), purpose=_PURPOSE, bound_to=instance.data["salt"])
    request.session[_SESSION_KEY] = base64.b64encode(sealed).decode()


def _waiting(request: HttpRequest, instance: Authenticator) -> list[str]:
    raw = base64.b64decode(request.session.get(_SESSION_KEY, ""))
    try:
        return unseal(raw, purpose=_PURPOSE, bound_to=instance.data["salt"]).decode().split()
    except SealBroken:  # none, or of an older set
        return []
