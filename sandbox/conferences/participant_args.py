"""What the operations of participants take (compat/rest.md, MultiPartyCall)."""

from __future__ import annotations

from rest_framework import serializers

from console.api.fields import Args, Flag, PageArgs, Text, Url, Verb, Whole


class ParticipantAdd(Args):
    """Whom to bring in, and how the participant takes part."""

    role = Text(required=True, allow_blank=False, max_length=12)
    to = Text(required=False, max_length=4000, help_text="Agents: several joined by <.")
    call_uuid = Text(required=False, max_length=36, help_text="A living call to move here.")
    caller_name = Text(required=False, max_length=50)
    call_status_callback_url = Url(required=False)
    call_status_callback_method = Verb(required=False)
    sip_headers = Text(required=False)
    ring_timeout = Text(required=False, default="45", max_length=200)
    delay_dial = Text(
        required=False, max_length=200, help_text="Seconds before it is dialled, up to 3600."
    )
    confirm_key = Text(
        required=False, max_length=1, help_text="The key that whoever answers has to press."
    )
    confirm_key_sound_url = Url(
        required=False, help_text="A document played before that, with Speak, Play and Wait."
    )
    confirm_key_sound_method = Verb(required=False)
    dial_music = Text(required=False, max_length=2000)
    send_digits = Text(required=False, max_length=200)
    send_on_preanswer = Flag(required=False)
    max_duration = Whole(required=False, min_value=300, max_value=28_800)
    max_participants = Whole(required=False, min_value=2, max_value=10)
    record_min_member_count = Whole(required=False, min_value=1, max_value=2)
    wait_music_url = Url(required=False)
    wait_music_method = Verb(required=False)
    agent_hold_music_url = Url(required=False)
    agent_hold_music_method = Verb(required=False)
    customer_hold_music_url = Url(required=False)
    customer_hold_music_method = Verb(required=False)
    recording_callback_url = Url(required=False)
    recording_callback_method = Verb(required=False)
    status_callback_url = Url(required=False)
    status_callback_method = Verb(required=False)
    status_callback_events = Text(required=False, max_length=400)
    on_exit_action_url = Url(required=False)
    on_exit_action_method = Verb(required=False)
    record = Flag(required=False)
    record_participant_track = Flag(required=False)
    record_file_format = Text(required=False, max_length=3)
    stay_alone = Flag(required=False)
    coach_mode = Flag(required=False)
    mute = Flag(required=False)
    hold = Flag(required=False)
    start_mpc_on_enter = Flag(required=False)
    end_mpc_on_exit = Flag(required=False)
    relay_dtmf_inputs = Flag(required=False)
    enter_sound = Text(required=False, max_length=2000)
    enter_sound_method = Verb(required=False)
    exit_sound = Text(required=False, max_length=2000)
    exit_sound_method = Verb(required=False)
    start_recording_audio = Url(required=False)
    start_recording_audio_method = Verb(required=False)
    stop_recording_audio = Url(required=False)
    stop_recording_audio_method = Verb(required=False)
    transcript = Flag(required=False)
    transcription_url = Url(required=False)

    later = {
        "create_mpc_with_single_participant": "The first participant makes the call.",
    }
    usual = {"create_mpc_with_single_participant": "true"}


ParticipantAdd._declared_fields["from"] = Text(required=False, max_length=128)


class ParticipantFilter(PageArgs):
    """Which participants a list shows."""

    call_uuid = serializers.UUIDField(required=False)


class ParticipantUpdate(Args):
    """What changes; at least one of them."""

    coach_mode = Flag(required=False)
    mute = Flag(required=False)
    hold = Flag(required=False)
