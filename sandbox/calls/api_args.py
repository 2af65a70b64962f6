"""What the operations of calls take, and what the making of one answers (compat/rest.md, Call)."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from console.api.fields import Args, Flag, Joined, Text, Url, Verb
from sandbox.fence.api import DRY


class MachineWord(Text):
    """`true` or `hangup`; SDK users write a boolean for the first (compat/README.md section 3)."""

    def to_internal_value(self, data: Any) -> str:
        """The word; a JSON boolean becomes one."""
        return str(data).lower() if isinstance(data, bool) else super().to_internal_value(data)


class CallCreate(Args):
    """A call to one or several destinations; `from` and `to` are joined by the class below."""

    to = Joined(required=True, separator="<", help_text="Numbers or SIP URIs, joined by <.")
    answer_url = Url(required=True, allow_blank=False, help_text="Asked for XML at the answer.")
    answer_method = Verb(required=False)
    ring_url = Url(required=False)
    ring_method = Verb(required=False)
    hangup_url = Url(required=False, help_text="Told at the end; else the answer URL.")
    hangup_method = Verb(required=False)
    fallback_url = Url(required=False)
    fallback_method = Verb(required=False)
    caller_name = Text(required=False)
    send_digits = Text(required=False, help_text="One for each destination, joined by <.")
    send_on_preanswer = Flag(required=False)
    time_limit = Text(required=False, help_text="Seconds; one for each destination, joined by <.")
    hangup_on_ring = Text(required=False, help_text="Seconds from the first ring; 0: at once.")
    ring_timeout = Text(required=False, help_text="Seconds; one for each, joined by <.")
    machine_detection = MachineWord(required=False, help_text="true or hangup.")
    machine_detection_time = Text(required=False, help_text="Milliseconds, for all of it.")
    machine_detection_url = Url(required=False)
    machine_detection_method = Verb(required=False)
    machine_detection_maximum_speech_length = Text(
        required=False, help_text="Milliseconds in one go; a machine talks longer."
    )
    machine_detection_initial_silence = Text(
        required=False, help_text="Milliseconds; who says nothing for longer is not judged."
    )
    machine_detection_maximum_words = Text(required=False, help_text="A machine says more.")
    machine_detection_initial_greeting = Text(
        required=False, help_text="Milliseconds; a machine's greeting is longer."
    )
    machine_detection_silence = Text(
        required=False, help_text="Milliseconds; whoever pauses longer is a person."
    )
    sip_headers = Text(required=False, help_text="name=value pairs, joined by commas.")
    parent_call_uuid = Text(required=False)
    error_if_parent_not_found = Flag(required=False)
    dry_run = Flag(required=False, help_text=DRY)


# `from` is a word of Python, so it cannot be written like the others.
CallCreate._declared_fields["from"] = Text(required=True, allow_blank=False, max_length=128)


class CallFired(serializers.Serializer[Any]):
    """`request_uuid` is a list when several destinations were given."""

    message = serializers.CharField()
    request_uuid = serializers.CharField()


class OneArgs(Args):
    """`status` live or queued reads a call that has no record yet."""

    status = Text(required=False)


class FeedbackArgs(Args):
    """How good a call was."""

    rating = Text(required=False, help_text="1 to 5, one decimal.")
    issues = Joined(required=False, separator=",", most=20)
    notes = Text(required=False, max_length=1000)
