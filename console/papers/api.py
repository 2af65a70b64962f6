"""Addresses and identities over the API (compat/rest.md, Address and Identity)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar, Final

from django.conf import settings
from django.urls import path
from rest_framework.serializers import Serializer

from console.api.call import ApiCall, Reply, deleted
from console.api.fields import Args
from console.api.operations import ACTION, NOTHING, PAGE, Resource, operation
from console.api.paging import Row, page
from console.api.scope import subaccount_named
from console.papers import services
from console.papers.api_shapes import (
    AddressCreate,
    AddressObject,
    AddressUpdate,
    IdentityCreate,
    IdentityObject,
    IdentityUpdate,
    PaperChanged,
    PaperFiled,
    PaperFilter,
)
from console.papers.models import Kind, Paper

_COLUMNS: Final = (
    "paper_id",
    "details",
    "alias",
    "country_iso",
    "status",
    "document_name",
    "subaccount__auth_id",
)
_DONE: Final = "Your request has been accepted."
_SHOWN: Final[dict[Kind, tuple[str, ...]]] = {
    Kind.ADDRESS: (
        *("address_line1", "address_line2", "city", "first_name", "last_name", "postal_code"),
        *("region", "salutation"),
    ),
    Kind.IDENTITY: (
        *("first_name", "id_number", "id_type", "last_name", "nationality", "salutation"),
    ),
}
_EXAMPLE: Final = '("20220771838737")'
_PLACES: Final = {Kind.ADDRESS: "Address", Kind.IDENTITY: "Identity"}


def _shape(call: ApiCall, kind: Kind) -> Any:
    account, base = call.account.auth_id, f"{settings.PUBLIC_URL}{call.base}Verification/"

    def shape(row: Row) -> Row:
        details = row["details"]
        shown = {name: details.get(name, "") for name in _SHOWN[kind]}
        return {
            **shown,
            "account": account,
            "alias": row["alias"] or None,
            "country_iso": row["country_iso"],
            "document_details": shown | {"file_name": row["document_name"]},
            "id": row["paper_id"],
            "subaccount": row["subaccount__auth_id"],
            "url": f"{base}{_PLACES[kind]}/{row['paper_id']}/",
            "validation_status": row["status"],
            "verification_status": row["status"],
        }

    return shape


class _Papers(Resource):
    """What addresses and identities have in common."""

    kind: ClassVar[Kind]

    def _list(self, call: ApiCall) -> Reply:
        args = call.args
        rows = Paper.objects.for_account(call.account, call.subaccount).filter(kind=self.kind)
        wanted = {
            "country_iso": args.get("country_iso", "").upper(),
            "customer_name__icontains": args.get("customer_name"),
            "alias": args.get("alias"),
            "status": args.get("verification_status") or args.get("validation_status"),
        }
        rows = rows.filter(**{name: value for name, value in wanted.items() if value})
        found = rows.order_by("-created_at", "-id").values(*_COLUMNS)
        return page(call, found, _shape(call, self.kind))

    def _file(self, call: ApiCall) -> Reply:
        made = services.file_paper(
            account=call.account,
            kind=self.kind,
            details=_details(call),
            document=_document(call),
            subaccount=subaccount_named(call, call.args.get("subaccount")),
            actor=call.credential,
            ip=call.ip,
        )
        return Reply(202, {"message": _DONE, "id": made.paper_id})

    def _find(self, call: ApiCall, paper_id: str) -> Paper:
        return services.find_paper(
            account=call.account, kind=self.kind, paper_id=paper_id, subaccount=call.subaccount
        )

    def _show(self, call: ApiCall, paper_id: str) -> Reply:
        self._find(call, paper_id)
        mine = Paper.objects.for_account(call.account, call.subaccount)
        row = mine.filter(kind=self.kind, paper_id=paper_id).values(*_COLUMNS).get()
        return Reply(200, _shape(call, self.kind)(row))

    def _change(self, call: ApiCall, paper_id: str) -> Reply:
        services.change_paper(
            paper=self._find(call, paper_id),
            details=_details(call),
            document=_document(call),
            actor=call.credential,
            ip=call.ip,
        )
        return Reply(202, {"message": _DONE, "status": "success"})

    def _remove(self, call: ApiCall, paper_id: str) -> Reply:
        services.remove_paper(paper=self._find(call, paper_id), actor=call.credential, ip=call.ip)
        return deleted()


_NO_PAPERS: Final = (
    "Numbers of the sandbox need no papers: it is accepted at once, and of an uploaded document only "
    "name, size and hash are kept."
)
_NOT_DETAILS: Final = {"callback_url", "auto_correct_address", "subaccount"}


def _details(call: ApiCall) -> dict[str, str]:
    return {n: str(v) for n, v in call.args.items() if v != "" and n not in _NOT_DETAILS}


def _document(call: ApiCall) -> Any:
    return next((one for one in call.files if one.size), None)


@dataclass(frozen=True, slots=True)
class _Sort:
    """What sets addresses and identities apart: their words and their shapes."""

    kind: Kind
    tag: str
    many: str
    create: type[Args]
    update: type[Args]
    shown: type[Serializer[Any]]

    @property
    def word(self) -> str:
        """As it is written amid a sentence."""
        return self.tag.lower()

    def says(self, verb: str, deed: str) -> dict[str, Any]:
        """Name, summary and tag of the operation that does a deed to one."""
        name, summary = f"{self.word}_{verb}", f"{deed} an {self.word}"
        return {"name": name, "summary": summary, "tag": self.tag}

    def sdk(self, call: str) -> dict[str, Any]:
        """The line in both SDKs."""
        line = f"client.{self.many}.{call}"
        return {"python": line, "node": line}


_ADDRESS: Final = _Sort(
    Kind.ADDRESS, "Address", "addresses", AddressCreate, AddressUpdate, AddressObject
)
_IDENTITY: Final = _Sort(
    Kind.IDENTITY, "Identity", "identities", IdentityCreate, IdentityUpdate, IdentityObject
)


def _all(sort: _Sort) -> type[_Papers]:
    """The resource of all papers of a sort."""

    class All(_Papers):
        kind = sort.kind

        @operation(
            f"{sort.word}_list",
            summary=f"List {sort.many}",
            tag=sort.tag,
            args=PaperFilter,
            answer=sort.shown,
            kind=PAGE,
            errors=(400,),
            **sort.sdk("list()"),
        )
        def get(self, call: ApiCall) -> Reply:
            """Newest first."""
            return self._list(call)

        @operation(
            **sort.says("create", "File"),
            args=sort.create,
            answer=PaperFiled,
            kind=ACTION,
            about=_NO_PAPERS,
        )
        def post(self, call: ApiCall) -> Reply:
            """JSON or multipart, with a part `file`."""
            return self._file(call)

    return All


def _one(sort: _Sort) -> type[_Papers]:
    """The resource of one paper of a sort."""

    class One(_Papers):
        kind = sort.kind

        @operation(
            **sort.says("get", "Get"),
            answer=sort.shown,
            **sort.sdk(f"get{_EXAMPLE}"),
        )
        def get(self, call: ApiCall, paper_id: str) -> Reply:
            """With what became of it."""
            return self._show(call, paper_id)

        @operation(
            **sort.says("update", "Change"),
            args=sort.update,
            answer=PaperChanged,
            kind=ACTION,
        )
        def post(self, call: ApiCall, paper_id: str) -> Reply:
            """What is not given stays as it is."""
            return self._change(call, paper_id)

        @operation(
            **sort.says("delete", "Delete"),
            kind=NOTHING,
            **sort.sdk(f"delete{_EXAMPLE}"),
        )
        def delete(self, call: ApiCall, paper_id: str) -> Reply:
            """For good."""
            return self._remove(call, paper_id)

    return One


urlpatterns = [
    path("Verification/Address/", _all(_ADDRESS).as_view()),
    path("Verification/Address/<str:paper_id>/", _one(_ADDRESS).as_view()),
    path("Verification/Identity/", _all(_IDENTITY).as_view()),
    path("Verification/Identity/<str:paper_id>/", _one(_IDENTITY).as_view()),
]
