"""The network's tables: permits, the world of POPs and carriers, and the handsets."""

from sandbox.network.models.handsets import (
    CallDirection,
    CallState,
    CaptionKind,
    HandsetAccess,
    HandsetCall,
    HandsetCaption,
    HandsetMessage,
    HandsetScript,
    MessageDirection,
    OnRing,
)
from sandbox.network.models.permits import Permit, PermitKind
from sandbox.network.models.world import Carrier, CarrierHealth, CarrierLeg, Pop, Rate, Route

__all__ = [
    "CallDirection",
    "CallState",
    "CaptionKind",
    "Carrier",
    "CarrierHealth",
    "CarrierLeg",
    "HandsetAccess",
    "HandsetCall",
    "HandsetCaption",
    "HandsetMessage",
    "HandsetScript",
    "MessageDirection",
    "OnRing",
    "Permit",
    "PermitKind",
    "Pop",
    "Rate",
    "Route",
]
