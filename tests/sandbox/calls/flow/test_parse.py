"""Documents, their limits and their lenience (trust.md XML-01, compat/xml.md section 1)."""

import pytest

from sandbox.calls.flow import FlowXmlError, parse
from sandbox.calls.flow.errors import CODES
from sandbox.calls.flow.reader import MAX_BYTES, Grammar, read
from sandbox.calls.flow.verbs import LATER


def refusal(xml: str | bytes) -> FlowXmlError:
    with pytest.raises(FlowXmlError) as caught:
        parse(xml.encode() if isinstance(xml, str) else xml)
    assert caught.value.code in CODES
    return caught.value


def within(xml: str) -> str:
    return f"<Response>{xml}</Response>"


@pytest.mark.parametrize(
    ("xml", "code"),
    [
        ("<!DOCTYPE Response><Response/>", "doctype"),
        ('<!DOCTYPE r [<!ENTITY a "b">]><Response/>', "doctype"),
        ('<!DOCTYPE r SYSTEM "http://example.com/x.dtd"><Response/>', "doctype"),
        ('<?xml-stylesheet href="x"?><Response/>', "processing_instruction"),
        ("<Response><?php echo 1 ?></Response>", "processing_instruction"),
        ('<?xml version="1.0" encoding="ISO-8859-1"?><Response/>', "not_utf8"),
        ('<?xml version="1.0" encoding="UTF-16"?><Response/>', "not_utf8"),
        ("", "not_well_formed"),
        ("   \n", "not_well_formed"),
        ('{"hello": 1}', "not_well_formed"),
        ("just words", "not_well_formed"),
        ("<Response>", "not_well_formed"),
        ("<Response></Response><Response/>", "not_well_formed"),
        ("<Response>&nbsp;</Response>", "not_well_formed"),
        ("<Response>\0</Response>", "not_well_formed"),
        ("<html><body/></html>", "not_a_response"),
        ("<response/>", "not_a_response"),
        (within("<Shout>hi</Shout>"), "unknown_element"),
        (within("<speak>hi</speak>"), "unknown_element"),
        (within("<ns:Speak>hi</ns:Speak>"), "unknown_element"),
        (within("<GetDigits><Dial><Number>1</Number></Dial></GetDigits>"), "wrong_nesting"),
        (within("<Number>12025550101</Number>"), "wrong_nesting"),
        (within("<Play><Speak>x</Speak></Play>"), "wrong_nesting"),
        (within("<Speak><break><s/></break></Speak>"), "wrong_nesting"),
        (within("<Response/>"), "wrong_nesting"),
        (within("<Dial/>"), "missing_child"),
        (within("<PreAnswer><Record/></PreAnswer>"), "wrong_nesting"),
    ],
)
def test_xml_01_a_document_outside_the_rules_is_refused_by_name(xml, code):
    assert refusal(xml).code == code


def test_an_element_that_is_not_run_yet_is_refused_and_never_does_nothing():
    grammar = Grammar({"Response": frozenset({"Fax"})}, later=frozenset({"Fax"}))
    with pytest.raises(FlowXmlError) as caught:
        read(b"<Response>\n  <Fax/></Response>", grammar)
    error = caught.value
    assert (error.code, error.element) == ("not_supported_yet", "Fax")
    assert (error.line, error.column) == (2, 3)


def test_every_element_of_the_language_is_run():
    assert frozenset() == LATER


def test_an_error_names_line_and_column():
    error = refusal("<Response>\n  <Speak>ok</Speak>\n   <Shout/>\n</Response>")
    assert (error.line, error.column, error.element) == (3, 4, "Shout")
    assert "<Shout>" in error.message


def test_malformed_xml_names_the_place_where_reading_stopped():
    error = refusal("<Response>\n<Speak>hi</Speek></Response>")
    assert (error.code, error.line) == ("not_well_formed", 2)
    assert error.column > 1


def test_bytes_that_are_not_utf8_are_named_so():
    assert refusal(b"<Response><Speak>\xff\xfe</Speak></Response>").code == "not_utf8"


def test_xml_01_two_hundred_elements_are_read_and_one_more_is_not():
    assert len(parse(within("<Wait/>" * 199).encode()).elements) == 199
    assert refusal(within("<Wait/>" * 200)).code == "too_many_elements"


def test_xml_01_eight_levels_are_read_and_one_more_is_not():
    def nested(levels: int) -> str:
        inner = levels - 2
        open_, close = "<lang>" * inner, "</lang>" * inner
        return within(f'<Speak voice="Polly.Amy">{open_}hi{close}</Speak>')

    # prosody and lang may hold each other without end; the depth stops it
    def swap(xml: str) -> str:
        return xml.replace("<lang><lang>", "<lang><prosody>").replace(
            "</lang></lang>", "</prosody></lang>"
        )

    assert parse(swap(nested(8)).encode()).elements
    assert refusal(swap(nested(10))).code == "too_deep"


def test_xml_01_twenty_attributes_are_read_and_one_more_is_not():
    def speak(count: int) -> str:
        return within("<Speak " + " ".join(f'a{n}="1"' for n in range(count)) + ">x</Speak>")

    assert len(parse(speak(20).encode()).notices) == 20
    assert refusal(speak(21)).code == "too_many_attributes"


def test_xml_01_four_thousand_characters_are_read_and_one_more_is_not():
    assert parse(within(f"<Speak>{'a' * 4000}</Speak>").encode()).elements
    assert refusal(within(f"<Speak>{'a' * 4001}</Speak>")).code == "text_too_long"


def test_text_in_pieces_counts_as_one():
    pieces = "<!-- c -->".join(["b" * 1000] * 5)
    assert refusal(within(f"<Speak>{pieces}</Speak>")).code == "text_too_long"


def test_xml_01_a_hundred_kilobytes_are_read_and_one_more_byte_is_not():
    def padded(size: int) -> str:
        frame = within("<Wait/><!---->")
        return within(f"<Wait/><!--{'x' * (size - len(frame))}-->")

    assert parse(padded(MAX_BYTES).encode()).elements
    assert refusal(padded(MAX_BYTES + 1)).code == "too_large"


def test_limits_hold_while_reading_so_what_follows_is_never_seen():
    hostile = "<Response>" + "<Wait/>" * 200 + "<this is not even xml"
    assert refusal(hostile).code == "too_many_elements"


def test_the_five_predefined_entities_and_cdata_are_text():
    document = parse(b"<Response><Speak>a &lt;&amp;&gt; <![CDATA[<b>]]></Speak></Response>")
    assert document.elements[0].text == "a <&> <b>"


def test_declaration_comments_and_byte_order_mark_are_welcome():
    xml = "\ufeff<?xml version='1.0' encoding='utf-8'?><!-- hi --><Response/>"
    assert parse(xml.encode()).elements == ()


def test_an_unknown_attribute_is_ignored_and_noted_with_its_place():
    document = parse(b'<Response>\n<Speak volume="9">hi</Speak></Response>')
    notice = document.notices[0]
    assert (notice.code, notice.element, notice.line, notice.column) == (
        "attribute_unknown",
        "Speak",
        2,
        1,
    )


@pytest.mark.parametrize(
    ("written", "taken"),
    [("-3", 0), ("5000", 1000), ("99999999999", 1000), ("7", 7), (" 7 ", 7), ("", 1)],
)
def test_a_number_out_of_range_is_clamped(written, taken):
    document = parse(within(f'<Speak loop="{written}">hi</Speak>').encode())
    assert document.elements[0].loop == taken


def test_a_clamped_number_is_noted():
    document = parse(within('<Speak loop="-3">hi</Speak>').encode())
    assert [notice.code for notice in document.notices] == ["attribute_clamped"]


@pytest.mark.parametrize("written", ["three", "3.5", "١", "1e3", "0x1", "9" * 40])
def test_a_number_that_is_none_gives_the_default_and_a_note(written):
    document = parse(within(f'<Wait length="{written}"/>').encode())
    assert document.elements[0].seconds == 1
    assert [notice.code for notice in document.notices] == ["attribute_unusable"]


def test_a_boolean_is_true_or_false_and_nothing_else():
    def beep(value: str) -> bool:
        return parse(within(f'<GetDigits playBeep="{value}"/>').encode()).elements[0].play_beep

    assert beep("true") is True
    assert beep("True") is True  # the Python builder's own spelling
    assert beep("false") is False
    assert beep("yes") is False


def test_text_between_elements_is_noted_and_ignored():
    document = parse(b"<Response>hello<Wait/></Response>")
    assert [notice.code for notice in document.notices] == ["text_ignored"]


def test_text_is_trimmed():
    document = parse(within("<Play>\n   https://app.example.com/a.mp3\n </Play>").encode())
    assert document.elements[0].url == "https://app.example.com/a.mp3"


def test_ssml_is_spoken_as_plain_text_without_a_polly_voice_and_noted():
    xml = within('<Speak>Your <say-as interpret-as="digits">12</say-as><break/>now</Speak>')
    document = parse(xml.encode())
    assert document.elements[0].text == "Your 12 now"
    assert [notice.code for notice in document.notices] == ["ssml_ignored"]


def test_ssml_with_a_polly_voice_is_welcome():
    xml = within('<Speak voice="Polly.Amy">Hi <sub alias="World Wide Web">WWW</sub></Speak>')
    document = parse(xml.encode())
    assert document.elements[0].text == "Hi World Wide Web"
    assert document.notices == ()


@pytest.mark.parametrize(
    ("written", "heard", "seconds"),
    [
        ('<say-as interpret-as="digits">120</say-as>', "1 2 0", 0.3),
        ('<say-as interpret-as="spell-out">a b</say-as>', "a b", 0.18),
        ('<say-as interpret-as="date" format="md">10/11</say-as>', "10/11", 0.3),
        ('<say-as interpret-as="expletive">drat</say-as>', "beep", 0.24),
        ('<sub alias="ten">10</sub>', "ten", 0.18),
        ('<emphasis level="strong">now</emphasis>', "now", 0.18),
        ('now<break time="2s"/>', "now", 2.18),
        ('<prosody rate="slow">abc</prosody>', "abc", 0.24),
        ('<prosody rate="200%">abcd</prosody>', "abcd", 0.12),
    ],
)
def test_ssml_says_what_one_hears_and_takes_its_time(written, heard, seconds):
    document = parse(within(f'<Speak voice="Polly.Amy">{written}</Speak>').encode())
    said = document.elements[0]
    assert said.text == heard
    assert len(heard) * 0.06 + said.pause_seconds == pytest.approx(seconds)


def test_ssml_is_kept_for_a_program_that_speaks_without_what_it_does_not_know():
    xml = within(
        '<Speak voice="Polly.Amy">A &amp; <prosody rate="slow" x="1"><w role="a">b</w></prosody>'
        '<break strength="weak"/></Speak>'
    )
    kept = '<speak>A &amp; <prosody rate="slow">b</prosody><break strength="weak"></break></speak>'
    assert parse(xml.encode()).elements[0].markup == kept


def test_a_speak_above_three_thousand_characters_is_cut_and_noted():
    document = parse(within(f"<Speak>{'a' * 3500}</Speak>").encode())
    assert len(document.elements[0].text) == 3000
    assert [notice.code for notice in document.notices] == ["text_cut"]
