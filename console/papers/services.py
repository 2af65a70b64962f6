"""What can be done with addresses and identities."""

from __future__ import annotations

import hashlib
from typing import Any, Final

from django.db import transaction

from console.accounts import audit
from console.accounts.actors import Actor
from console.accounts.models import Account, Subaccount
from console.core.countries import is_country
from console.core.errors import DomainError, LimitReached, NotFound
from console.papers.models import Kind, Paper

MOST: Final = 200
LARGEST_DOCUMENT: Final = 1_000_000
ENDINGS: Final = ("jpg", "jpeg", "png", "pdf")
Details = dict[str, str]


def find_paper(
    *, account: Account, kind: Kind, paper_id: str, subaccount: Subaccount | None = None
) -> Paper:
    """The paper in the caller's scope (one query); raises NotFound."""
    mine = Paper.objects.for_account(account, subaccount).select_related("subaccount")
    found = mine.filter(kind=kind, paper_id=paper_id).first()
    if found is None:
        raise NotFound
    return found


@transaction.atomic
def file_paper(
    *,
    account: Account,
    kind: Kind,
    details: Details,
    actor: Actor,
    document: Any = None,
    subaccount: Subaccount | None = None,
    ip: str = "",
) -> Paper:
    """Keeps a new address or identity; the document itself is not kept.

    Raises DomainError for an unknown country or document, LimitReached at two hundred.
    """
    if Paper.objects.for_account(account).count() >= MOST:
        raise LimitReached(f"An account keeps at most {MOST} addresses and identities.")
    paper = Paper(account=account, subaccount=subaccount, kind=kind)
    _fill(paper, details, document)
    paper.save(force_insert=True)
    _record("paper.filed", paper, actor, ip)
    return paper


@transaction.atomic
def change_paper(
    *, paper: Paper, details: Details, actor: Actor, document: Any = None, ip: str = ""
) -> Paper:
    """Sets what is given; the same refusals as `file_paper`."""
    _fill(paper, paper.details | details, document)
    paper.save()
    _record("paper.changed", paper, actor, ip)
    return paper


@transaction.atomic
def remove_paper(*, paper: Paper, actor: Actor, ip: str = "") -> None:
    """Deletes it."""
    _record("paper.removed", paper, actor, ip)
    paper.delete()


def _fill(paper: Paper, details: Details, document: Any) -> None:
    country = details.get("country_iso", "").upper()
    if not is_country(country):
        raise _wrong("country_iso", "it is two letters, such as US")
    if country == "ES" and not details.get("fiscal_identification_code"):
        raise _wrong("fiscal_identification_code", "it is required for Spain")
    paper.details = {**details, "country_iso": country}
    paper.country_iso = country
    paper.alias = details.get("alias", "")[:80]
    names = (details.get("first_name", ""), details.get("last_name", ""))
    paper.customer_name = " ".join(filter(None, names))[:170]
    if document is not None:
        _note_document(paper, document)


def _note_document(paper: Paper, document: Any) -> None:
    name = str(document.name)
    if name.rpartition(".")[2].lower() not in ENDINGS:
        raise _wrong("file", f"it is one of {', '.join(ENDINGS)}")
    if document.size > LARGEST_DOCUMENT:
        raise _wrong("file", "it is at most one megabyte")
    paper.document_name, paper.document_size = name[:120], document.size
    paper.document_sha256 = hashlib.sha256(document.read()).hexdigest()


def _wrong(name: str, why: str) -> DomainError:
    return DomainError(f"{name} parameter is invalid: {why}", code="invalid_parameter", field=name)


def _record(action: str, paper: Paper, actor: Actor, ip: str) -> None:
    audit.record(
        action=action,
        actor=actor,
        account=paper.account,
        object_type=paper.kind,
        object_id=paper.paper_id,
        ip=ip,
    )
