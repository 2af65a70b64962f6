"""Resources of the compatible API that Ringfence does not offer: 501, clearly (rest.md, T3)."""

from __future__ import annotations

from typing import Final

from django.urls import path

from console.api.call import ApiCall, Reply
from console.api.operations import Resource
from console.core.errors import DomainError

NAMES: Final = (
    "EndUser",
    "ComplianceDocumentType",
    "ComplianceDocument",
    "ComplianceRequirement",
    "ComplianceApplication",
    "PhoneNumber/Compliance",
    "Profile",
    "10dlc",
    "TollfreeVerification",
    "Masking",
    "Transcription",
    "LOA",
    "HostedMessagingNumber",
)


class Absent(Resource):
    """Any method below one of NAMES; it stands in no document, since it does nothing."""

    exclude_from_schema = True
    thing = ""

    def answer(self, call: ApiCall, path: dict[str, str]) -> Reply:
        """501 with the name of what is missing."""
        call.operation = "absent"
        raise DomainError(
            f"{self.thing} is not offered by Ringfence: nothing was done.",
            code="not_offered",
            status=501,
        )


def _kind(name: str) -> type[Absent]:
    return type(f"Absent{name.title().replace('/', '')}", (Absent,), {"thing": name})


urlpatterns = [
    one
    for name in NAMES
    for one in (
        path(f"{name}/", _kind(name).as_view()),
        path(f"{name}/<path:rest>/", _kind(name).as_view()),
    )
]
