"""The audit log."""

from __future__ import annotations

from django.db import models

from console.accounts.models.tenants import Account
from console.accounts.querysets import TenantQuerySet
from console.core import randomness


class AuditHead(models.Model):
    """The end of a chain of audit events; the anchor is where retention has cut its beginning."""

    chain = models.CharField(max_length=20, primary_key=True)
    length = models.PositiveBigIntegerField(default=0)
    last_hash = models.CharField(max_length=64, default="0" * 64)
    anchor_length = models.PositiveBigIntegerField(default=0)
    anchor_hash = models.CharField(max_length=64, default="0" * 64)

    def __str__(self) -> str:
        return self.chain


class AuditEvent(models.Model):
    """One entry of the audit log (ACC-12); written by `audit.record`, never changed.

    It outlives the account and the person it names, so it refers to neither by constraint.
    """

    id = models.UUIDField(primary_key=True, default=randomness.new_uuid, editable=False)
    account = models.ForeignKey(
        Account, on_delete=models.DO_NOTHING, db_constraint=False, null=True, related_name="+"
    )
    chain = models.CharField(max_length=20)
    sequence = models.PositiveBigIntegerField()
    at = models.DateTimeField()
    action = models.CharField(max_length=64)
    actor_kind = models.CharField(max_length=8)
    actor_name = models.CharField(max_length=254)
    actor_id = models.UUIDField(null=True)
    object_type = models.CharField(max_length=48, blank=True, default="")
    object_id = models.CharField(max_length=64, blank=True, default="")
    data = models.JSONField(default=dict)
    ip = models.GenericIPAddressField(null=True)
    previous_hash = models.CharField(max_length=64)
    own_hash = models.CharField(max_length=64)

    objects = TenantQuerySet["AuditEvent"].as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["chain", "sequence"], name="audit_chain_sequence")
        ]
        indexes = [
            # The owner's page: newest first, keyset (views.audit_log).
            models.Index(fields=["account", "-sequence"], name="audit_of_account")
        ]

    def __str__(self) -> str:
        return f"{self.action} {self.chain}#{self.sequence}"

    @property
    def details(self) -> str:
        """What is told about it as one line for its owner: `name: Shop · enabled: no`."""
        return " · ".join(
            f"{name.replace('_', ' ')}: {_said(of)}" for name, of in self.data.items()
        )


def _said(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return ", ".join(map(_said, value))
    if isinstance(value, dict):
        return ", ".join(f"{name} {_said(one)}" for name, one in value.items())
    return "none" if value is None else str(value)
