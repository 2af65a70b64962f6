"""The columns of a download of messages, under the names of the compatible API."""

from __future__ import annotations

from typing import Final

from console.records.columns import Column, Kind

COLUMNS: Final = (
    Column("message_uuid", "uuid", Kind.UUID),
    Column("message_direction", "direction", Kind.TEXT),
    Column("message_type", "type", Kind.TEXT),
    Column("message_state", "state", Kind.TEXT),
    Column("from_number", "from_number", Kind.PARTY),
    Column("to_number", "to_number", Kind.PARTY),
    Column("destination_country_iso2", "country", Kind.TEXT),
    Column("message_time", "message_time", Kind.TIME),
    Column("message_sent_time", "sent_at", Kind.TIME),
    Column("message_updated_time", "updated_at", Kind.TIME),
    Column("units", "units", Kind.COUNT),
    Column("total_rate", "rate", Kind.MONEY),
    Column("total_amount", "amount", Kind.MONEY),
    Column("error_code", "error_code", Kind.CODE),
    Column("application", "app_id", Kind.TEXT),
)
