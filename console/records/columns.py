"""The columns of a download: one table, written for both databases (CSV-01, CSV-02, CSV-06).

Each column is an expression over the row `r` of the inner query. Only text that others may have
written (the parties) passes through the formula guard; all else is ours by construction.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from console.records.formulas import INVISIBLE


class Kind(StrEnum):
    """How a column is written."""

    TEXT = "text"
    PARTY = "party"
    TIME = "time"
    MONEY = "money"
    UUID = "uuid"
    COUNT = "count"
    CODE = "code"
    """As COUNT, and may be missing."""


class Phones(StrEnum):
    """How phone numbers go out: as +1415…, as bare digits, or as text for spreadsheets."""

    E164 = "e164"
    DIGITS = "digits"
    TEXT = "text"


@dataclass(frozen=True, slots=True)
class Column:
    """The header's name, the model's field, and how it is written."""

    name: str
    field: str
    kind: Kind


COLUMNS = (
    Column("call_uuid", "call_uuid", Kind.UUID),
    Column("parent_call_uuid", "parent_call_uuid", Kind.UUID),
    Column("leg", "leg", Kind.TEXT),
    Column("call_direction", "direction", Kind.TEXT),
    Column("call_state", "state", Kind.TEXT),
    Column("from_number", "from_number", Kind.PARTY),
    Column("to_number", "to_number", Kind.PARTY),
    Column("initiation_time", "initiated_at", Kind.TIME),
    Column("answer_time", "answered_at", Kind.TIME),
    Column("end_time", "ended_at", Kind.TIME),
    Column("call_duration", "duration", Kind.COUNT),
    Column("billed_duration", "billed_duration", Kind.COUNT),
    Column("total_rate", "rate", Kind.MONEY),
    Column("total_amount", "amount", Kind.MONEY),
    Column("hangup_cause_code", "hangup_code", Kind.COUNT),
    Column("hangup_cause_name", "hangup_name", Kind.TEXT),
    Column("hangup_source", "hangup_source", Kind.TEXT),
    Column("application", "app_id", Kind.TEXT),
    Column("pop", "pop", Kind.TEXT),
    Column("carrier", "carrier", Kind.TEXT),
)
# Stands for a line feed inside a cell while rows are told apart by line feeds; CR makes COPY
# quote the cell.
LINE_FEED = "\r\ue00a"
_FORMULA = f"^[{INVISIBLE}]*[-=+@\t\r\n＝＋－＠]"


def postgres(column: Column, phones: Phones, *, utc: bool) -> str:
    """The expression for COPY; times in the session's time zone, which is UTC when `utc`."""
    name = f'r."{column.field}"'
    if column.kind is Kind.TIME:
        # Cut to the second by rounding half a second less: cheaper than cutting the text. to_char
        # costs three times as much as the cast, so it is for other zones only.
        whole = f"({name} - interval '0.5 s')::timestamptz(0)::text || ':00'"
        return whole if utc else f"to_char({name}, 'YYYY-MM-DD HH24:MI:SSTZH:TZM')"
    if column.kind is Kind.TEXT:
        return f"nullif({name}, '')"
    if column.kind is not Kind.PARTY:
        return name
    lined = f"replace({name}, E'\\n', U&'\\000D\\E00A')"
    return (
        f"CASE WHEN r.plain_parties THEN {_phone(name, phones)} "
        f"WHEN {name} ~ '^-?[0-9]+(\\.[0-9]+)?$' THEN {name} "
        f"WHEN {name} ~ '^\\+[1-9][0-9]{{6,14}}$' THEN {_phone(name, phones)} "
        f"WHEN {name} ~ '{_FORMULA}' THEN '''' || {lined} ELSE {lined} END"
    )


def sqlite(column: Column, phones: Phones, *, utc: bool) -> str:
    """The cell as CSV text, for SQLite; `csv_cell` and `local_time` are functions in Python."""
    name = f'r."{column.field}"'
    if column.kind is Kind.UUID:
        parts = ((1, 8), (9, 4), (13, 4), (17, 4), (21, 12))
        pieces = " || '-' || ".join(f"substr({name}, {start}, {size})" for start, size in parts)
        return f"coalesce({pieces}, '')"
    if column.kind is Kind.TIME:
        local = f"substr({name}, 1, 19) || '+00:00'" if utc else f"local_time({name})"
        return f"coalesce({local}, '')"
    if column.kind is Kind.MONEY:
        return f"printf('%%.5f', {name})"  # doubled: Django reads % as a parameter
    if column.kind is Kind.COUNT:
        return name
    if column.kind is Kind.CODE:
        return f"coalesce({name}, '')"
    if column.kind is Kind.TEXT:
        return f"CASE WHEN {name} GLOB '*[\",\r\n]*' THEN csv_cell({name}) ELSE {name} END"
    e164 = (
        f"{name} GLOB '+[1-9]*' AND length({name}) BETWEEN 8 AND 16 "
        f"AND substr({name}, 2) NOT GLOB '*[^0-9]*'"
    )
    return (
        f"CASE WHEN r.plain_parties OR ({e164}) THEN {_phone(name, phones)} "
        f"ELSE csv_cell({name}) END"
    )


def _phone(name: str, phones: Phones) -> str:
    if phones is Phones.DIGITS:
        return f"ltrim({name}, '+')"
    if phones is Phones.TEXT:
        return f"CASE WHEN substr({name}, 1, 1) = '+' THEN '''' || {name} ELSE {name} END"
    return name
