"""What the calls of the table run: together, every element and attribute of the SDK's builder."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from plivo import plivoxml as xml

Url = Callable[[str], str]
Elements = list[Any]

STAYS = "+15005550100"
NEVER = "Never said"  # a Redirect stands before it


def speak(url: Url, _facts: dict[str, str]) -> Elements:
    """Plain words, and SSML with all that may stand in it."""
    ssml = xml.SpeakElement("Now", voice="Polly.Amy", language="en-GB")
    ssml.add_break(strength="weak", time="500ms").add_emphasis("really", level="strong")
    ssml.add_lang("bonjour", xmllang="fr-FR").add_p("one paragraph").add_s("one sentence")
    ssml.add_phoneme("pecan", alphabet="ipa", ph="pɪˈkɑːn")
    ssml.add_prosody("quietly", volume="soft", rate="slow", pitch="low")
    ssml.add_say_as("0112", interpret_as="date", format="dm").add_sub("Al", alias="aluminium")
    ssml.add_w("read", role="amazon:VBD").add_cont("and so on")
    return [xml.SpeakElement("Good day", voice="MAN", language="en-GB", loop=2), ssml]


def dial(url: Url, facts: dict[str, str]) -> Elements:
    """A number that must confirm; the whole is recorded from its answer on."""
    number = xml.NumberElement(
        STAYS, send_digits="1w2", send_on_preanswer=True, send_digits_mode="rfc2833"
    )
    dial = xml.DialElement(
        action=url("action"),
        method="GET",
        hangup_on_star=True,
        time_limit=3000,
        timeout=900,
        caller_id=facts["did"],
        caller_name="Ada",
        confirm_sound=url("confirm"),
        confirm_timeout=900,
        confirm_key="5",
        dial_music=url("music"),
        callback_url=url("events"),
        callback_method="GET",
        redirect=False,
        digits_match="12",
        digits_match_b_leg="3",
        sip_headers="k=v",
    ).add(number)
    background = xml.RecordElement(start_on_dial_answer=True, callback_url=url("recorded"))
    return [background, dial, xml.SpeakElement("Back to you")]


def dial_user(url: Url, facts: dict[str, str]) -> Elements:
    """A SIP endpoint."""
    user = xml.UserElement(
        facts["sip"], send_digits="1", send_on_preanswer=True, sip_headers="Room=12"
    )
    return [xml.DialElement(action=url("action"), callback_url=url("events")).add(user)]


def digits(url: Url, _facts: dict[str, str]) -> Elements:
    """Keys, with every kind of prompt."""
    keys = xml.GetDigitsElement(
        action=url("action"),
        method="GET",
        timeout=900,
        digit_timeout=600,
        finish_on_key="*",
        num_digits=9,
        retries=2,
        redirect=False,
        play_beep=True,
        valid_digits="123",
        invalid_digits_sound=url("invalid"),
        log=False,
    )
    keys.add(xml.SpeakElement("Press your keys")).add(xml.WaitElement(length=1))
    keys.add(xml.PlayElement(url("sound")))
    return [keys]


def input_keys(url: Url, _facts: dict[str, str]) -> Elements:
    """Typed input."""
    keys = xml.GetInputElement(
        action=url("action"),
        method="GET",
        input_type="dtmf",
        execution_timeout=60,
        digit_end_timeout=10,
        finish_on_key="*",
        num_digits=5,
    )
    keys.add(xml.SpeakElement("Type it in")).add(xml.PlayElement(url("sound")))
    return [keys.add(xml.WaitElement(length=500))]


def input_words(url: Url, _facts: dict[str, str]) -> Elements:
    """Spoken input."""
    words = xml.GetInputElement(
        action=url("action"),
        input_type="speech",
        execution_timeout=60,
        speech_end_timeout=3,
        speech_model="phone_call",
        hints="yes,no",
        language="en-GB",
        interim_speech_results_callback=url("interim"),
        interim_speech_results_callback_method="GET",
        log=False,
        redirect=False,
        profanity_filter=True,
    )
    words.add(xml.SpeakElement("Say it")).add(xml.WaitElement(length=500))
    return [words]


def record(url: Url, _facts: dict[str, str]) -> Elements:
    """A recording that the call waits for."""
    return [
        xml.RecordElement(
            action=url("action"),
            method="GET",
            file_format="wav",
            redirect=False,
            timeout=30,
            max_length=3,
            play_beep=False,
            finish_on_key="12",
            transcription_type="auto",
            transcription_url=url("transcribed"),
            transcription_method="GET",
            transcription_report_type="full",
            callback_url=url("recorded"),
            callback_method="GET",
            record_channel_type="mono",
        )
    ]


def record_session(url: Url, _facts: dict[str, str]) -> Elements:
    """A recording behind the rest of the call."""
    record = xml.RecordElement(
        record_session=True, action=url("action"), redirect=False, callback_url=url("recorded")
    )
    return [record, xml.SpeakElement("All of this is kept")]


def pre_answer(url: Url, facts: dict[str, str]) -> Elements:
    """All that may run before the answer."""
    before = xml.PreAnswerElement()
    before.add(xml.SpeakElement("Please hold")).add(xml.PlayElement(url("sound"), loop=1))
    before.add(xml.WaitElement(length=1)).add(xml.DTMFElement("1"))
    before.add(xml.MessageElement("Before", src=facts["did"], dst="15005550170"))
    before.add(xml.GetDigitsElement(timeout=1).add(xml.SpeakElement("Any key?")))
    return [before.add(xml.RedirectElement(url("elsewhere"))), xml.SpeakElement(NEVER)]


def message(url: Url, facts: dict[str, str]) -> Elements:
    """A text to two phones."""
    text = xml.MessageElement(
        "Your table is booked",
        src=facts["did"],
        dst="15005550170<15005550171",
        type="sms",
        callback_url=url("status"),
        callback_method="GET",
    )
    return [text]


def stream(url: Url, facts: dict[str, str]) -> Elements:
    """The sound of the call, to a socket."""
    stream = xml.StreamElement(
        facts["socket"],
        bidirectional=False,
        audioTrack="both",
        streamTimeout=600,
        statusCallbackUrl=url("status"),
        statusCallbackMethod="GET",
        contentType="audio/x-l16;rate=16000",
        extraHeaders="a=b",
        keepCallAlive=True,
    )
    return [stream, xml.SpeakElement("The stream is over")]


def waits(url: Url, _facts: dict[str, str]) -> Elements:
    """A member who waits for somebody to begin."""
    return [
        xml.ConferenceElement(
            "Table of rows",
            muted=True,
            enter_sound="beep:1",
            exit_sound="beep:2",
            start_conference_on_enter=False,
            stay_alone=False,
            wait_sound=url("music"),
            max_members=5,
            time_limit=3000,
            relay_dtmf=False,
            send_digits="1",
            record_when_alone=True,
            action=url("action"),
            method="GET",
            callback_url=url("events"),
            callback_method="GET",
        )
    ]


def leads(url: Url, _facts: dict[str, str]) -> Elements:
    """The member who begins, and takes everybody along."""
    return [
        xml.ConferenceElement(
            "Table of rows",
            enter_sound=url("enter"),
            exit_sound=url("exit"),
            end_conference_on_exit=True,
            record=True,
            record_file_format="wav",
            hangup_on_star=True,
            action=url("action"),
            redirect=False,
            callback_url=url("events"),
            digits_match="12",
            floor_event=True,
            transcription_type="auto",
            transcription_url=url("transcribed"),
            transcription_method="GET",
        )
    ]


def agent(url: Url, _facts: dict[str, str]) -> Elements:
    """A participant who waits, and is on hold."""
    sounds = ("wait_music", "agent_hold_music", "customer_hold_music", "enter_sound", "exit_sound")
    audio = ("start_recording_audio", "stop_recording_audio")
    groups = ("mpc-state-changes", "participant-state-changes", "participant-digit-input-events")
    return [
        xml.MultiPartyCallElement(
            "Party of rows",
            role="agent",
            max_duration=28800,
            max_participants=4,
            record_min_member_count=2,
            wait_music_url=url("music"),
            wait_time=1800,
            agent_hold_music_url=url("hold"),
            customer_hold_music_url=url("customers"),
            record=True,
            record_participant_track=True,
            record_file_format="wav",
            recording_callback_url=url("recorded"),
            recording_callback_method="GET",
            status_callback_events=",".join(groups),
            status_callback_url=url("status"),
            status_callback_method="GET",
            stay_alone=True,
            coach_mode=False,
            mute=True,
            hold=True,
            start_mpc_on_enter=False,
            enter_sound=url("enter"),
            exit_sound=url("exit"),
            on_exit_action_url=url("action"),
            on_exit_action_method="GET",
            start_recording_audio=url("begins"),
            stop_recording_audio=url("stops"),
            transcript=True,
            transcription_url=url("transcribed"),
            **{f"{name}_method": "POST" for name in (*sounds, *audio)},
        )
    ]


def customer(url: Url, _facts: dict[str, str]) -> Elements:
    """The participant with whom it begins and ends."""
    return [
        xml.MultiPartyCallElement(
            "Party of rows", role="customer", end_mpc_on_exit=True, relay_dtmf_inputs=True
        )
    ]
