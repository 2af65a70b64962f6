"""SSML: how fast, with which pauses, and which words (compat/xml.md, Speak)."""

from __future__ import annotations

import pytest

from sandbox.calls.flow import commands

from .line import Line

TEN = "abcdefghij"


def spoken(inside: str) -> commands.Speak:
    return Line().run(f'<Speak voice="Polly.Joanna">{inside}</Speak>').the_last(commands.Speak)


@pytest.mark.parametrize(
    ("rate", "seconds"),
    [
        ("x-slow", 1.2),
        ("slow", 0.8),
        ("medium", 0.6),
        ("fast", 0.4),
        ("x-fast", 0.3),
        ("50%", 1.2),
        ("200%", 0.3),
        ("19%", 3.0),
        ("10%", 3.0),
        ("201%", 0.3),
        ("whatever", 0.6),
        ("", 0.6),
    ],
)
def test_a_rate_makes_a_text_longer_or_shorter(rate, seconds):
    said = spoken(f'<prosody rate="{rate}">{TEN}</prosody>')
    assert said.seconds == pytest.approx(seconds)


@pytest.mark.parametrize(
    ("written", "seconds"),
    [
        ('strength="none"', 0),
        ('strength="x-weak"', 0.1),
        ('strength="weak"', 0.25),
        ('strength="medium"', 0.5),
        ('strength="strong"', 1),
        ('strength="x-strong"', 1.5),
        ('strength="loud"', 0.5),
        ('time="250ms"', 0.25),
        ('time="1.5s"', 1.5),
        ('time="90s"', 60),
        ('time="2s" strength="weak"', 2),
        ("", 0.5),
    ],
)
def test_a_break_has_its_length_and_no_more_than_a_minute(written, seconds):
    assert spoken(f"{TEN}<break {written}/>").seconds == pytest.approx(0.6 + seconds)


@pytest.mark.parametrize(
    ("kind", "heard"),
    [
        ("character", "a b 1"),
        ("characters", "a b 1"),
        ("spell-out", "a b 1"),
        ("digits", "a b 1"),
        ("telephone", "a b 1"),
        ("expletive", "beep"),
        ("ordinal", "ab 1"),
        ("unit", "ab 1"),
    ],
)
def test_what_is_to_be_spelled_is_heard_sign_by_sign(kind, heard):
    assert spoken(f'<say-as interpret-as="{kind}">ab 1</say-as>').text == heard


def test_what_is_spelled_in_a_slower_part_is_slower_too():
    inside = '<prosody rate="50%"><say-as interpret-as="digits">12</say-as></prosody>'
    assert spoken(inside).seconds == pytest.approx(3 * 0.06 * 2)


def test_paces_within_each_other_multiply():
    inside = f'<prosody rate="50%"><prosody rate="50%">{TEN}</prosody></prosody>'
    assert spoken(inside).seconds == pytest.approx(2.4)


def test_without_a_polly_voice_an_alias_is_still_what_is_heard():
    line = Line().run('<Speak>See <sub alias="World Wide Web">WWW</sub></Speak>')
    assert line.the_last(commands.Speak).text == "See World Wide Web"
    assert line.the_last(commands.Speak).markup == ""


def test_the_markup_keeps_what_a_program_can_speak():
    inside = (
        '<p>One <emphasis level="strong">two</emphasis></p><s>three</s>'
        '<prosody pitch="high" volume="loud" rate="slow">four</prosody>'
        '<break time="1s"/><phoneme alphabet="ipa" ph="x">five</phoneme>'
    )
    assert spoken(inside).markup == (
        '<speak><p>One <emphasis level="strong">two</emphasis></p><s>three</s>'
        '<prosody pitch="high" rate="slow" volume="loud">four</prosody>'
        '<break time="1s"></break>five</speak>'
    )


def test_a_text_that_is_repeated_takes_so_many_times_as_long():
    line = Line().run(f'<Speak loop="3">{TEN}</Speak>')
    assert line.the_last(commands.Speak).seconds == pytest.approx(1.8)
