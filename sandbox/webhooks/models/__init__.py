"""Tables of what goes to customers' servers."""

from __future__ import annotations

from sandbox.webhooks.models.deliveries import (
    DeliveryQuerySet,
    DeliveryState,
    DisabledUrl,
    InFlight,
    Origin,
    Purpose,
    WebhookDelivery,
)
from sandbox.webhooks.models.faults import FaultSetting, Sender, SenderFaultSetting
from sandbox.webhooks.models.replays import Replay, ReplayState

__all__ = [
    "DeliveryQuerySet",
    "DeliveryState",
    "DisabledUrl",
    "FaultSetting",
    "InFlight",
    "Origin",
    "Purpose",
    "Replay",
    "ReplayState",
    "Sender",
    "SenderFaultSetting",
    "WebhookDelivery",
]
