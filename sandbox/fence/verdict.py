"""What the fence answers; the API, the console, the story and the dry run show this one object."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, TypeAlias

from console.core.errors import DomainError
from sandbox.fence.kinds import Outcome
from sandbox.network.models import Permit


@dataclass(frozen=True, slots=True)
class Finding:
    """What a rule says: passed, or does not apply, and what it saw."""

    saw: str
    outcome: Outcome = Outcome.PASS


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """What a rule says when it refuses: the cause for machines, and the one action that mends it.

    `cause` is the hangup cause of a leg that ends by it (compat/cdr.md section 2), `field` the
    part of the question that it is about.
    """

    saw: str
    code: str
    status: int = 400
    cause: int = 2040
    fix: str = ""
    fix_url: str = ""
    retry_after: int | None = None
    field: str = "to"


Answer: TypeAlias = Finding | Refusal


def skipped(why: str) -> Finding:
    """The rule does not apply, and why."""
    return Finding(why, Outcome.SKIPPED)


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleResult:
    """One rule's line in the verdict."""

    rule: str
    title: str
    outcome: Outcome
    saw: str
    fix: str = ""
    fix_url: str = ""

    def as_json(self) -> dict[str, str]:
        """As sandbox-api.md writes a rule."""
        return {
            "rule": self.rule,
            "outcome": str(self.outcome),
            "saw": self.saw,
            "fix": self.fix,
            "fix_url": self.fix_url,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """All rules in order. `permit` is there only when traffic may leave now."""

    kind: str
    origin: str
    to: str
    rules: tuple[RuleResult, ...]
    refusal: Refusal | None = None
    permit: Permit | None = field(default=None)

    @property
    def allowed(self) -> bool:
        """Whether nothing refused."""
        return self.refusal is None

    @property
    def refused_by(self) -> RuleResult | None:
        """The rule that refused; None when allowed."""
        return next((rule for rule in self.rules if rule.outcome == Outcome.FAIL), None)

    @property
    def hangup_cause(self) -> int:
        """The cause with which a leg ends that was refused; 0 when allowed."""
        return self.refusal.cause if self.refusal else 0

    @property
    def error(self) -> DomainError | None:
        """The refusal as the faces answer it (GATE-10); None when allowed."""
        if self.refusal is None:
            return None
        return DomainError(
            self.refusal.saw,
            code=self.refusal.code,
            field=self.refusal.field,
            status=self.refusal.status,
            retry_after=self.refusal.retry_after,
            fix_url=self.refusal.fix_url,
        )

    def require(self) -> Verdict:
        """This verdict; raises its DomainError when it refuses."""
        if (error := self.error) is not None:
            raise error
        return self

    def as_json(self) -> dict[str, Any]:
        """As sandbox-api.md answers `POST DryRun/`, and as the story keeps it."""
        return {"allowed": self.allowed, "rules": [rule.as_json() for rule in self.rules]}
