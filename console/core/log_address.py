"""The client's address in the log, by our rule about proxies (WEB-05).

django-structlog would take any header that names one, so that a client could write whatever it
likes into the log.
"""

from __future__ import annotations

from typing import Any

import structlog
from django.dispatch import receiver
from django.http import HttpRequest
from django_structlog.signals import bind_extra_request_metadata

from console.core.http import client_ip


@receiver(bind_extra_request_metadata)
def _bind_address(request: HttpRequest, **extra: Any) -> None:
    structlog.contextvars.bind_contextvars(ip=client_ip(request))
