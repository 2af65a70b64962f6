"""People who sign in."""

from __future__ import annotations

import unicodedata
from typing import ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models.functions import Lower

from console.core import clock, randomness


def nfc(password: str) -> str:
    """The password in Unicode's composed form, so that every keyboard means the same (ACC-01)."""
    return unicodedata.normalize("NFC", password)


class UserManager(BaseUserManager["User"]):
    """Makes users by e-mail address."""

    def create_user(self, email: str, password: str | None = None, **fields: object) -> User:
        """A user with a hashed password; None makes one that cannot sign in by password."""
        user = self.model(email=self.normalize_email(email).lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def get_by_natural_key(self, username: str | None) -> User:
        """The user with this e-mail address, in any case."""
        return self.get(email__iexact=username)


class User(AbstractBaseUser):
    """Someone who signs in by e-mail and password; a member of one or more accounts."""

    public_id = models.UUIDField(default=randomness.new_uuid, unique=True, editable=False)
    email = models.EmailField(max_length=254, unique=True)
    name = models.CharField(max_length=80, blank=True, default="")
    is_active = models.BooleanField(default=True)
    is_staff = models.BooleanField(default=False)
    date_joined = models.DateTimeField(default=clock.now)

    objects: ClassVar[UserManager] = UserManager()
    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    class Meta:
        constraints = [models.UniqueConstraint(Lower("email"), name="user_email_unique")]

    def __str__(self) -> str:
        return self.email

    def set_password(self, raw_password: str | None) -> None:
        """As Django's, in composed form."""
        super().set_password(raw_password if raw_password is None else nfc(raw_password))

    def check_password(self, raw_password: str | None) -> bool:
        """As Django's, in composed form."""
        return super().check_password(nfc(raw_password or ""))
