"""What addresses and identities take and give over the API (compat/rest.md)."""

from __future__ import annotations

from typing import Any, Final

from rest_framework import serializers

from console.api.fields import Args, Flag, PageArgs, Text, Url
from console.papers.models import Status

_PROOFS: Final = ["national_id", "passport", "business_id", "NIF", "NIE", "DNI", "others"]
# One SDK writes digits as words of their own (compat/README.md section 3).
_SPLIT: Final = {"address_line_1": "address_line1", "address_line_2": "address_line2"}
_LATER: Final = {"auto_correct_address": "Addresses are kept as they come."}


def _text(longest: int = 120, *, required: bool = False) -> Text:
    return Text(required=required, allow_blank=not required, max_length=longest)


class _Optional(Args):
    """What both kinds may carry."""

    alias = _text(80)
    fiscal_identification_code = _text(40)
    street_code = _text(40)
    municipal_code = _text(40)
    callback_url = Url(required=False, help_text="Told of the outcome.")
    auto_correct_address = Flag(required=False)

    later = _LATER
    heeded = frozenset({"file", *_SPLIT})

    def to_internal_value(self, data: Any) -> Any:
        """The arguments, typed, under their plain names."""
        plain = {_SPLIT.get(name, name): value for name, value in data.items()}
        return super().to_internal_value(plain)


class AddressUpdate(_Optional):
    """What of an address can be changed."""

    country_iso = _text(2)
    salutation = serializers.ChoiceField(choices=["Mr", "Ms"], required=False)
    first_name = _text(80)
    last_name = _text(80)
    address_line1 = _text()
    address_line2 = _text()
    city = _text(80)
    region = _text(80)
    postal_code = _text(20)
    address_proof_type = serializers.ChoiceField(choices=_PROOFS, required=False)


class AddressCreate(_Optional):
    """A new address."""

    country_iso = _text(2, required=True)
    salutation = serializers.ChoiceField(choices=["Mr", "Ms"])
    first_name = _text(80, required=True)
    last_name = _text(80, required=True)
    address_line1 = _text(required=True)
    address_line2 = _text(required=True)
    city = _text(80, required=True)
    region = _text(80, required=True)
    postal_code = _text(20, required=True)
    address_proof_type = serializers.ChoiceField(choices=_PROOFS)


class IdentityUpdate(AddressUpdate):
    """What of an identity can be changed."""

    birth_place = _text(80)
    birth_date = _text(20)
    nationality = _text(40)
    id_nationality = _text(40)
    id_issue_date = _text(20)
    id_type = _text(40)
    id_number = _text(40)
    business_name = _text()
    subaccount = _text(20)
    address_proof_type = None  # type: ignore[assignment]  # identities have no such field


class IdentityCreate(_Optional):
    """A new identity."""

    country_iso = _text(2, required=True)
    salutation = serializers.ChoiceField(choices=["Mr", "Ms"])
    first_name = _text(80, required=True)
    last_name = _text(80, required=True)
    birth_place = _text(80, required=True)
    birth_date = _text(20, required=True)
    nationality = _text(40, required=True)
    id_nationality = _text(40, required=True)
    id_issue_date = _text(20, required=True)
    id_type = _text(40, required=True)
    id_number = _text(40, required=True)
    address_line1 = _text(required=True)
    address_line2 = _text(required=True)
    city = _text(80, required=True)
    region = _text(80, required=True)
    postal_code = _text(20, required=True)
    business_name = _text()
    subaccount = _text(20)


class PaperFilter(PageArgs):
    """Which papers a list shows."""

    country_iso = _text(2)
    customer_name = _text()
    alias = _text(80)
    verification_status = serializers.ChoiceField(choices=Status.values, required=False)
    validation_status = serializers.ChoiceField(choices=Status.values, required=False)


class AddressObject(serializers.Serializer[Any]):
    """An address."""

    account = serializers.CharField()
    address_line1 = serializers.CharField()
    address_line2 = serializers.CharField()
    alias = serializers.CharField(allow_null=True)
    city = serializers.CharField()
    country_iso = serializers.CharField()
    document_details = serializers.DictField()
    first_name = serializers.CharField()
    id = serializers.CharField()
    last_name = serializers.CharField()
    postal_code = serializers.CharField()
    region = serializers.CharField()
    salutation = serializers.CharField()
    subaccount = serializers.CharField(allow_null=True)
    url = serializers.CharField()
    validation_status = serializers.CharField()
    verification_status = serializers.CharField()


class IdentityObject(serializers.Serializer[Any]):
    """An identity."""

    account = serializers.CharField()
    alias = serializers.CharField(allow_null=True)
    country_iso = serializers.CharField()
    document_details = serializers.DictField()
    first_name = serializers.CharField()
    id = serializers.CharField()
    id_number = serializers.CharField()
    id_type = serializers.CharField()
    last_name = serializers.CharField()
    nationality = serializers.CharField()
    salutation = serializers.CharField()
    subaccount = serializers.CharField(allow_null=True)
    url = serializers.CharField()
    validation_status = serializers.CharField()
    verification_status = serializers.CharField()


class PaperFiled(serializers.Serializer[Any]):
    """The request was taken."""

    message = serializers.CharField()
    id = serializers.CharField()


class PaperChanged(serializers.Serializer[Any]):
    """The change was taken."""

    message = serializers.CharField()
    status = serializers.CharField()
