"""What pages of other apps show of fault settings, which those apps know nothing of."""

from __future__ import annotations

from typing import Any

from django import template
from django.template import Context
from django.urls import reverse

from console.applications.models import Application
from sandbox.webhooks.faults import AnySetting, fault_of, find_sender_setting, find_setting
from sandbox.webhooks.models import Sender

register = template.Library()


@register.inclusion_tag("webhooks/fault_banner.html", takes_context=True)
def fault_banner(context: Context, application: Application) -> dict[str, Any]:
    """A remark while faults are on, else nothing (one query)."""
    setting = find_setting(application, account=context["account"])
    page = reverse("webhooks:faults", args=[application.app_id])
    return _banner(context, setting, whose="this application", page=page)


@register.inclusion_tag("webhooks/fault_banner.html", takes_context=True)
def sender_fault_banner(context: Context, name: str) -> dict[str, Any]:
    """The same for a sender, by its value (one query)."""
    sender = Sender(name)
    setting = find_sender_setting(sender, account=context["account"])
    page = reverse(f"webhooks:{sender}-faults")
    return _banner(context, setting, whose=sender.label, page=page)


def _banner(
    context: Context, setting: AnySetting | None, *, whose: str, page: str
) -> dict[str, Any]:
    if setting is None or not setting.is_on():
        return {}
    return {
        "account": context["account"],
        "whose": whose,
        "page": page,
        "setting": setting,
        "fault": fault_of(setting),
    }
