"""Errors of the domain: one class, stable codes, a plain sentence each (GATE-10)."""

from __future__ import annotations

from django.db import InterfaceError, OperationalError


class DomainError(Exception):
    """A rule refused what was asked.

    `code` is stable and named in the help center (`/help/errors/{code}/`), `message` is a plain
    sentence for people, `field` names the input at fault ("" for none), `status` is the HTTP
    status that the faces answer, `retry_after` is in seconds (None: do not say).
    """

    code = "refused"
    status = 400

    def __init__(
        self,
        message: str,
        *,
        code: str = "",
        field: str = "",
        status: int = 0,
        retry_after: int | None = None,
        fix_url: str = "",
    ) -> None:
        super().__init__(message)
        self.message = message
        self.code = code or self.code
        self.field = field
        self.status = status or self.status
        self.retry_after = retry_after
        self.fix_url = fix_url

    @property
    def help_url(self) -> str:
        """Path of the help page about this error."""
        return f"/help/errors/{self.code}/"


class NotFound(DomainError):
    """No such object in the caller's scope; says the same for "not yours" (TEN-02)."""

    code = "not_found"
    status = 404

    def __init__(self, message: str = "not found", *, field: str = "") -> None:
        super().__init__(message, field=field)


class Forbidden(DomainError):
    """The caller's own object, but not allowed to them."""

    code = "forbidden"
    status = 403


class LimitReached(DomainError):
    """A limit of the trial, or of a rate, is reached."""

    code = "trial_limit_reached"
    status = 429


DATABASE_AWAY = (OperationalError, InterfaceError)
"""What Django raises while the database does not answer: it restarts, say (REL-04)."""
AWAY_FOR = 5
"""Seconds after which it is worth trying again."""


class Unavailable(DomainError):
    """Something that is needed does not answer; nothing was done."""

    code = "unavailable"
    status = 503
