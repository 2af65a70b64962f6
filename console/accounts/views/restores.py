"""Staff: backups that were put back, and what is to become of what they brought back (REL-18)."""

from __future__ import annotations

from typing import cast

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from console.accounts.decorators import staff_required
from console.accounts.models import Restore, User
from console.accounts.services import restores
from console.core import staff
from console.core.staff import Deed, Page, Row

_KEEP, _FORGET = "keep", "forget"
_SHOWN = 50


@require_safe
@staff_required
def restore_list(request: HttpRequest) -> HttpResponse:
    """The newest first; one that waits has two buttons."""
    page = Page(
        title="Backups put back",
        lead="When the database is older than what this machine has seen, every account is held: "
        "its tokens are refused and nothing leaves. Tokens revoked and sandbox numbers removed "
        "after the backup was made are back. Keep everything when you know that this does no "
        "harm; else take all tokens and proofs back, and your customers make new ones.",
        head=("Noticed", "Backup of", "Last seen", "Decision"),
        rows=[_row(one) for one in Restore.objects.order_by("-pk")[:_SHOWN]],
        empty="No backup was put back.",
    )
    return staff.show(request, page)


def _row(one: Restore) -> Row:
    times = [f"{at:%Y-%m-%d %H:%M} UTC" for at in (one.noticed_at, one.backup_at, one.seen_at)]
    if one.decided_at is not None:
        return Row((*times, "kept" if one.kept else "tokens and proofs taken back"))
    url = reverse("accounts:operator-restore-decide")
    mine = {"restore": str(one.pk)}
    return Row(
        (*times, "waits for you"),
        deeds=[
            Deed("Keep everything", url, {**mine, "decision": _KEEP}),
            Deed("Take tokens and proofs back", url, {**mine, "decision": _FORGET}, danger=True),
        ],
    )


@require_POST
@staff_required
def decide(request: HttpRequest) -> HttpResponse:
    """Ends the hold."""
    number, decision = request.POST.get("restore", ""), request.POST.get("decision", "")
    known = number.isascii() and number.isdecimal() and len(number) < 15
    if not known or decision not in {_KEEP, _FORGET}:
        return HttpResponse("This is not one of the page's buttons.", status=400)
    return staff.act(
        request,
        lambda: restores.decide(
            restore_id=int(number), keep=decision == _KEEP, actor=cast(User, request.user)
        ),
        then="accounts:operator-restores",
        said="Decided. Accounts are free once no backup waits for you.",
    )
