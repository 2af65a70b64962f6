"""What an application's page shows of its fault setting, which that app knows nothing of."""

from __future__ import annotations

from typing import Any

from django import template
from django.template import Context

from console.applications.models import Application
from sandbox.webhooks.faults import fault_of, find_setting

register = template.Library()


@register.inclusion_tag("webhooks/fault_banner.html", takes_context=True)
def fault_banner(context: Context, application: Application) -> dict[str, Any]:
    """A remark while faults are on, else nothing (one query)."""
    account = context["account"]
    setting = find_setting(application, account=account)
    if setting is None or not setting.is_on():
        return {}
    return {
        "account": account,
        "application": application,
        "setting": setting,
        "fault": fault_of(setting),
    }
