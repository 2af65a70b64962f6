"""Documents built with the official Python SDK, element by element, attribute by attribute."""

import pytest
from plivo import plivoxml

from sandbox.calls.flow import Document, parse

URL = "https://app.example.com/x"


def read(*elements) -> Document:
    response = plivoxml.ResponseElement()
    for element in elements:
        response.add(element)
    return parse(response.to_string().encode())


def only(element):
    document = read(element)
    assert document.notices == ()
    return document.elements[0]


@pytest.mark.parametrize(
    ("element", "read_as"),
    [
        (
            plivoxml.SpeakElement("Hello & <bye>", voice="MAN", language="en-GB", loop=2),
            {"text": "Hello & <bye>", "voice": "MAN", "language": "en-GB", "loop": 2},
        ),
        (plivoxml.PlayElement(URL, loop=0), {"url": URL, "loop": 0}),
        (
            plivoxml.WaitElement(length=7, silence=True, min_silence=300),
            {"seconds": 7, "silence": True, "min_silence_ms": 300, "beep": False},
        ),
        (plivoxml.WaitElement(length=7, beep=True), {"seconds": 7, "beep": True}),
        (plivoxml.DTMFElement("12w#", async_=False), {"digits": "12w#", "waits": True}),
        (plivoxml.RedirectElement(URL, method="GET"), {"url": URL, "method": "GET"}),
        (
            plivoxml.HangupElement(reason="busy", schedule=60),
            {"reason": "busy", "schedule_seconds": 60},
        ),
        (
            plivoxml.RecordElement(
                action=URL,
                method="GET",
                file_format="wav",
                redirect=False,
                timeout=9,
                max_length=90,
                play_beep=False,
                finish_on_key="12",
                record_session=True,
                start_on_dial_answer=True,
                callback_url=URL,
                callback_method="GET",
                record_channel_type="mono",
            ),
            {
                "action": URL,
                "method": "GET",
                "file_format": "wav",
                "redirect": False,
                "silence_seconds": 9,
                "limit_seconds": 90,
                "play_beep": False,
                "finish_on_key": "12",
                "session": True,
                "on_dial_answer": True,
                "callback_url": URL,
                "callback_method": "GET",
                "channels": 1,
            },
        ),
        (
            plivoxml.GetInputElement(
                action=URL,
                method="GET",
                input_type="speech",
                execution_timeout=20,
                digit_end_timeout=3,
                speech_end_timeout=4,
                finish_on_key="*",
                num_digits=4,
                speech_model="phone_call",
                hints="one,two",
                language="en-GB",
                interim_speech_results_callback=URL,
                interim_speech_results_callback_method="GET",
                log=False,
                redirect=False,
                profanity_filter=True,
            ),
            {
                "action": URL,
                "method": "GET",
                "kinds": ("speech",),
                "execution_seconds": 20,
                "digit_end_seconds": 3,
                "speech_end_seconds": 4,
                "finish_on_key": "*",
                "num_digits": 4,
                "model": "phone_call",
                "hints": ("one", "two"),
                "language": "en-GB",
                "interim_url": URL,
                "interim_method": "GET",
                "log": False,
                "redirect": False,
                "profanity_filter": True,
            },
        ),
        (
            plivoxml.StreamElement(
                "wss://bot.example.com/audio",
                bidirectional=False,
                audioTrack="both",
                streamTimeout=90,
                statusCallbackUrl=URL,
                statusCallbackMethod="GET",
                contentType="audio/x-l16;rate=16000",
                extraHeaders="a=b",
                keepCallAlive=True,
            ),
            {
                "url": "wss://bot.example.com/audio",
                "bidirectional": False,
                "track": "both",
                "timeout_seconds": 90,
                "callback_url": URL,
                "callback_method": "GET",
                "content_type": "audio/x-l16;rate=16000",
                "extra_headers": "a=b",
                "waits": True,
            },
        ),
        (
            plivoxml.GetDigitsElement(
                action=URL,
                method="GET",
                timeout=11,
                digit_timeout=3,
                finish_on_key="*",
                num_digits=4,
                retries=2,
                redirect=False,
                play_beep=True,
                valid_digits="123",
                invalid_digits_sound=URL,
                log=False,
            ),
            {
                "action": URL,
                "method": "GET",
                "timeout_seconds": 11,
                "digit_timeout_seconds": 3,
                "finish_on_key": "*",
                "num_digits": 4,
                "attempts": 2,
                "redirect": False,
                "play_beep": True,
                "valid_digits": "123",
                "invalid_sound": URL,
                "log": False,
            },
        ),
    ],
)
def test_every_attribute_arrives(element, read_as):
    value = only(element)
    assert {name: getattr(value, name) for name in read_as} == read_as


def dial(**attributes):
    element = plivoxml.DialElement(**attributes)
    element.add(plivoxml.NumberElement("14155550103", send_digits="1w2", send_on_preanswer=True))
    element.add(plivoxml.UserElement("sip:amy@phone.example.com", sip_headers="a=b"))
    return only(element)


@pytest.mark.parametrize(
    ("written", "read_as"),
    [
        ({"action": URL, "method": "GET"}, {"action": URL, "method": "GET"}),
        ({"hangup_on_star": True}, {"hangup_on_star": True}),
        ({"time_limit": 30}, {"time_limit_seconds": 30}),
        ({"timeout": 20}, {"timeout_seconds": 20}),
        ({"caller_id": "13035550102"}, {"caller_id": "13035550102"}),
        ({"caller_name": "Amy"}, {"caller_name": "Amy"}),
        (
            {"confirm_sound": URL, "confirm_key": "1", "confirm_timeout": 9},
            {"confirm_sound": URL, "confirm_key": "1", "confirm_timeout_seconds": 9},
        ),
        ({"dial_music": "real"}, {"dial_music": "real"}),
        (
            {"callback_url": URL, "callback_method": "GET"},
            {"callback_url": URL, "callback_method": "GET"},
        ),
        ({"redirect": False}, {"redirect": False}),
        ({"digits_match": "1,22"}, {"digits_match": ("1", "22")}),
        ({"digits_match_b_leg": "3"}, {"digits_match_b_leg": ("3",)}),
        ({"sip_headers": "k=v"}, {"sip_headers": "k=v"}),
    ],
)
def test_every_attribute_of_dial_arrives(written, read_as):
    value = dial(**written)
    assert {name: getattr(value, name) for name in read_as} == read_as


def test_dial_reads_its_numbers_and_users():
    number, user = dial().targets
    assert (number.kind, number.target, number.send_digits) == ("number", "14155550103", "1w2")
    assert number.send_on_preanswer is True
    assert (user.kind, user.target) == ("user", "sip:amy@phone.example.com")
    assert user.sip_headers == "a=b"


def test_get_digits_reads_its_prompts_in_order():
    element = plivoxml.GetDigitsElement(action=URL)
    element.add(plivoxml.SpeakElement("one"))
    element.add(plivoxml.PlayElement(URL))
    element.add(plivoxml.WaitElement(length=2))
    assert [prompt.name for prompt in only(element).prompts] == ["Speak", "Play", "Wait"]


def test_pre_answer_reads_its_children():
    element = plivoxml.PreAnswerElement()
    element.add(plivoxml.SpeakElement("please hold"))
    element.add(plivoxml.RedirectElement(URL))
    assert [child.name for child in only(element).children] == ["Speak", "Redirect"]


def test_ssml_of_the_builder_is_read():
    speak = plivoxml.SpeakElement("Hello", voice="Polly.Amy", language="en-GB")
    speak.add_break(strength="weak", time="500ms")
    speak.add_emphasis("really", level="strong")
    speak.add_say_as("123", interpret_as="digits")
    speak.add_cont("bye")
    assert only(speak).text.replace(" ", "") == "Helloreally123bye"


def test_pretty_printing_changes_nothing():
    response = plivoxml.ResponseElement()
    element = plivoxml.DialElement()
    element.add(plivoxml.NumberElement("14155550103"))
    response.add(element)
    pretty, plain = (parse(response.to_string(pretty).encode()) for pretty in (True, False))
    assert pretty.elements[0].targets[0].target == plain.elements[0].targets[0].target
