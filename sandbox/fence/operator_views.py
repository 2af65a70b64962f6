"""Staff: the trial policy with its rear-view mirror, and the closed ranges."""

from __future__ import annotations

from typing import cast

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from console.accounts.decorators import staff_required
from console.accounts.models import User
from console.core import clock, staff
from console.core.errors import DomainError
from console.core.http import render_page
from console.core.staff import Deed, Page, Row
from sandbox.fence import operating
from sandbox.fence.models import HighRiskPrefix, TrialPolicy
from sandbox.fence.operating import KNOBS
from sandbox.fence.operator_forms import PolicyForm, PrefixForm
from sandbox.fence.policy import current_policy
from sandbox.fence.rear_view import Mirror, rear_view

_BOTH = ["GET", "HEAD", "POST"]
_SHOWN = 10


@require_http_methods(_BOTH)
@staff_required
def policy(request: HttpRequest) -> HttpResponse:
    """The policy in force. Looking shows what an edit would have refused; saving comes after."""
    if request.method != "POST":
        now = current_policy()
        initial = {name: getattr(now, name) for name in (*KNOBS, "version")}
        return _policy_page(request, PolicyForm(initial=initial), None)
    form, mirror = PolicyForm(request.POST), None
    if form.is_valid():
        if "save" in request.POST and _saved(request, form):
            return redirect("fence:operator-policy")
        mirror = rear_view(operating.propose(**form.knobs()))
    return _policy_page(request, form, mirror)


def _saved(request: HttpRequest, form: PolicyForm) -> bool:
    given = form.cleaned_data
    try:
        saved = operating.save_policy(
            actor=_who(request), note=given["note"], version=given["version"], **form.knobs()
        )
    except DomainError as error:
        form.add_error(error.field if error.field in form.fields else None, error.message)
        return False
    messages.success(request, f"Version {saved.version} is in force.")
    return True


def _policy_page(request: HttpRequest, form: PolicyForm, mirror: Mirror | None) -> HttpResponse:
    history = TrialPolicy.objects.select_related("created_by").order_by("-version")[:_SHOWN]
    context = {"form": form, "mirror": mirror, "history": list(history)}
    status = 400 if form.errors else 200
    return render_page(request, "operator/policy.html", context, status=status)


@require_http_methods(_BOTH)
@staff_required
def prefixes(request: HttpRequest) -> HttpResponse:
    """Ranges that are closed to all, and the form that closes more."""
    form = PrefixForm(request.POST if request.method == "POST" else None)
    if form.is_bound:
        done = staff.save(
            request,
            form,
            lambda: operating.close_prefix(actor=_who(request), **form.cleaned_data),
            then="fence:operator-prefixes",
            said="Saved.",
        )
        if done:
            return done
    page = Page(
        title="Closed ranges",
        lead="Ranges that are used for fraud are closed to all; the longest prefix decides.",
        head=("Prefix", "State", "Reason", "Source", "Until"),
        rows=[_row(one) for one in HighRiskPrefix.objects.order_by("prefix")[:500]],
        form=form,
        form_title="Close a range",
        empty="No range is closed.",
    )
    return staff.show(request, page, status=400 if form.errors else 200)


def _row(one: HighRiskPrefix) -> Row:
    over = one.until is not None and one.until <= clock.now()
    until = f"{one.until:%Y-%m-%d}" if one.until else "for good"
    state = "Over" if over else ("Open" if one.open else "Closed")
    deed = Deed("Remove", reverse("fence:operator-prefix-remove"), {"prefix": one.prefix})
    return Row((one.prefix, state, one.reason, one.source or "–", until), deeds=[deed])


@require_POST
@staff_required
def prefix_remove(request: HttpRequest) -> HttpResponse:
    """Takes a range off the list."""
    return staff.act(
        request,
        lambda: operating.forget_prefix(actor=_who(request), prefix=request.POST.get("prefix", "")),
        then="fence:operator-prefixes",
        said="Removed.",
    )


def _who(request: HttpRequest) -> User:
    return cast(User, request.user)
