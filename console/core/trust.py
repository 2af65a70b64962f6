"""Every number that safety rests on, in one place (trust.md section 2).

`settings.TRUST` is one `Trust`; each field can be set by `RINGFENCE_TRUST_<FIELD>` in the
environment and is held within its floor and ceiling: boot refuses anything outside.
"""

from __future__ import annotations

from dataclasses import Field, dataclass, field, fields
from typing import Any

from console.core import env

_NONE_LOW, _NONE_HIGH = 0, 10**9


def _knob(default: int, rule: str, *, low: int = _NONE_LOW, high: int = _NONE_HIGH) -> Any:
    return field(
        default=default, metadata={"default": default, "low": low, "high": high, "rule": rule}
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Trust:
    """The figures. Times in seconds unless the name says otherwise."""

    otp_digits: int = _knob(6, "OTP-01", low=6, high=10)
    otp_lifetime: int = _knob(600, "OTP-03", low=60, high=600)
    otp_retry_needs_life: int = _knob(480, "OTP-03")
    otp_wrong_per_challenge: int = _knob(5, "OTP-04", low=1, high=5)
    otp_wrong_per_number_day: int = _knob(10, "OTP-04")
    otp_wrong_per_account_day: int = _knob(25, "OTP-04")
    otp_wrong_in_a_row: int = _knob(100, "OTP-04", low=1, high=100)
    otp_sends_per_challenge: int = _knob(5, "OTP-07", low=1, high=5)
    otp_cooldown_1: int = _knob(30, "OTP-07", low=30)
    otp_cooldown_2: int = _knob(60, "OTP-07", low=30)
    otp_cooldown_3: int = _knob(120, "OTP-07", low=30)
    otp_cooldown_4: int = _knob(120, "OTP-07", low=30)
    otp_voice_after: int = _knob(30, "NUM-06")
    otp_number_hour: int = _knob(5, "OTP-13")
    otp_number_day: int = _knob(10, "OTP-13")
    otp_voice_number_day: int = _knob(3, "OTP-13")
    otp_account_hour: int = _knob(10, "OTP-13")
    otp_account_day: int = _knob(20, "OTP-13")
    otp_unconverted_in_a_row: int = _knob(15, "OTP-13")
    otp_ip_hour: int = _knob(10, "OTP-13")
    otp_ip_day: int = _knob(30, "OTP-13")
    otp_ip6_48_day: int = _knob(60, "OTP-13")
    otp_block_hour: int = _knob(5, "OTP-13")
    otp_block_day: int = _knob(10, "OTP-13")
    otp_region_hour: int = _knob(50, "OTP-13")
    otp_region_day: int = _knob(200, "OTP-13")
    otp_global_hour: int = _knob(500, "OTP-13")
    otp_global_day: int = _knob(2000, "OTP-13")
    otp_breaker_sends: int = _knob(20, "OTP-13")
    otp_breaker_percent: int = _knob(25, "OTP-13", high=100)
    otp_breaker_pause: int = _knob(3600, "OTP-13")
    otp_checks_minute: int = _knob(30, "OTP-10")
    verify_account_hour: int = _knob(500, "OTP-22")
    verify_least_life: int = _knob(120, "OTP-22", high=600)
    otp_useful_life: int = _knob(600, "BG-05", high=600)
    sandbox_numbers: int = _knob(5, "NUM-10")
    sandbox_numbers_added_30_days: int = _knob(10, "NUM-10")
    sandbox_number_accounts: int = _knob(3, "NUM-10")
    verified_days: int = _knob(90, "NUM-09")
    password_min: int = _knob(15, "ACC-01", low=15)
    password_min_with_mfa: int = _knob(8, "ACC-01", low=8)
    password_max: int = _knob(128, "ACC-01", low=64)
    session_idle: int = _knob(3600, "ACC-05", high=3600)
    session_absolute: int = _knob(86400, "ACC-05", high=86400)
    reauthenticate_after: int = _knob(900, "ACC-06", high=900)
    login_failures_account_15_min: int = _knob(10, "ACC-02")
    login_failures_ip_hour: int = _knob(50, "ACC-02")
    login_failures_before_work: int = _knob(3, "WEB-06", low=1)
    login_idle_ip_hour: int = _knob(10, "WEB-06", low=1)
    signups_ip_hour: int = _knob(5, "ACC-02")
    signups_ip_day: int = _knob(20, "ACC-02")
    signups_idle_ip_hour: int = _knob(2, "WEB-06")
    signups_idle_ip_day: int = _knob(5, "WEB-06")
    signup_work_bits: int = _knob(14, "WEB-06", low=1, high=22)
    api_failures_5_min: int = _knob(20, "ACC-11")
    token_grace_hours: int = _knob(24, "ACC-10", high=72)
    webhook_connect: int = _knob(2, "HOOK-03", high=10)
    webhook_total: int = _knob(15, "HOOK-03", high=40)
    webhook_per_host: int = _knob(4, "SSRF-07")
    webhook_per_account: int = _knob(20, "SSRF-07")
    webhook_replays_minute: int = _knob(30, "HOOK-05")
    webhook_range_replays_hour: int = _knob(10, "HOOK-05")
    webhook_replay_rows: int = _knob(100, "HOOK-05", high=1000)
    signature_checks_minute: int = _knob(60, "HOOK-01")
    xml_bytes: int = _knob(102_400, "XML-01", high=102_400)
    xml_elements: int = _knob(200, "XML-01", high=200)
    xml_depth: int = _knob(8, "XML-01", high=8)
    call_documents: int = _knob(50, "XML-02", high=50)
    call_documents_without_media: int = _knob(10, "XML-02", high=10)
    trial_call_seconds: int = _knob(600, "GATE-09")
    trial_concurrent_calls: int = _knob(2, "GATE-09")
    trial_calls_a_second: int = _knob(1, "GATE-09")
    account_calls_a_second: int = _knob(2, "GATE-09", low=1)
    trial_dids: int = _knob(2, "GATE-09")
    trial_applications: int = _knob(10, "GATE-09")
    trial_endpoints: int = _knob(5, "GATE-09")
    trial_subaccounts: int = _knob(5, "GATE-07")
    trial_credit_dollars: int = _knob(10, "GATE-09")
    permit_seconds: int = _knob(60, "GATE-01", high=60)
    api_requests_5_s: int = _knob(300, "WEB-07", low=1)
    idempotency_hours: int = _knob(24, "BG-10")
    outbox_lease: int = _knob(60, "BG-02")
    outbox_claims: int = _knob(5, "BG-06")
    call_useful_life: int = _knob(900, "BG-05")
    csv_direct_rows: int = _knob(10_000, "CSV-04")
    export_link: int = _knob(900, "CSV-05")
    export_kept_hours: int = _knob(24, "CSV-05")
    exports_open: int = _knob(3, "CSV-05")
    exports_day: int = _knob(10, "CSV-05")
    export_free_megabytes: int = _knob(200, "CSV-04")


def variable(knob: Field[Any]) -> str:
    """The environment variable that sets a field."""
    return f"RINGFENCE_TRUST_{knob.name.upper()}"


def read() -> Trust:
    """The figures from the environment; raises `env.BadSetting` outside floor or ceiling."""
    return Trust(
        **{
            knob.name: env.integer(
                variable(knob),
                int(knob.metadata["default"]),
                low=knob.metadata["low"],
                high=knob.metadata["high"],
            )
            for knob in fields(Trust)
        }
    )
