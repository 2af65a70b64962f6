"""Kinds of telephone numbers, and what a one-time code may travel over to reach each (NUM-06)."""

from __future__ import annotations

from enum import StrEnum


class NumberType(StrEnum):
    """What a number is for. The names are the numbering library's, and one of ours: OUTCOME."""

    MOBILE = "mobile"
    FIXED_LINE = "fixed_line"
    FIXED_LINE_OR_MOBILE = "fixed_line_or_mobile"
    VOIP = "voip"
    TOLL_FREE = "toll_free"
    PREMIUM_RATE = "premium_rate"
    SHARED_COST = "shared_cost"
    PERSONAL_NUMBER = "personal_number"
    PAGER = "pager"
    UAN = "uan"
    VOICEMAIL = "voicemail"
    UNKNOWN = "unknown"
    OUTCOME = "outcome"
    """A number of `console.core.outcomes`: plays a fate, never receives a code."""

    @property
    def words(self) -> str:
        """The type as it stands in a sentence: "a mobile number"."""
        return _WORDS[self]


_WORDS = {
    NumberType.MOBILE: "a mobile number",
    NumberType.FIXED_LINE: "a fixed line",
    NumberType.FIXED_LINE_OR_MOBILE: "a fixed line or a mobile number",
    NumberType.VOIP: "an internet telephony number",
    NumberType.TOLL_FREE: "a toll-free number",
    NumberType.PREMIUM_RATE: "a premium-rate number",
    NumberType.SHARED_COST: "a shared-cost number",
    NumberType.PERSONAL_NUMBER: "a personal number",
    NumberType.PAGER: "a pager",
    NumberType.UAN: "a company-wide number",
    NumberType.VOICEMAIL: "a voicemail access number",
    NumberType.UNKNOWN: "a number of an unknown type",
    NumberType.OUTCOME: "an outcome number",
}
