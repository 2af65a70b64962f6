"""NUM-01 to NUM-06: what the one function takes, refuses and says."""

from __future__ import annotations

import re

import phonenumbers
import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.core.errors import DomainError
from console.core.fiction import FICTION, find_fiction, is_fictional
from console.core.numbers import NumberType, canonical_number, display, require_supported


def refusal(raw: str, region: str | None = None) -> DomainError:
    with pytest.raises(DomainError) as caught:
        canonical_number(raw, region)
    return caught.value


@pytest.mark.parametrize(
    ("raw", "region", "e164"),
    [
        ("+1 202 555 0142", None, "+12025550142"),
        ("  +1 (202) 555-0142 ", None, "+12025550142"),
        ("(202) 555.0142", "US", "+12025550142"),
        ("07700 900123", "GB", "+447700900123"),
        ("+44 (0)20 7946 0123", None, "+442079460123"),
        ("00 44 7700 900123", "GB", "+447700900123"),
    ],
)
def test_num_01_every_spelling_becomes_one_e164(raw, region, e164):
    assert canonical_number(raw, region).e164 == e164


@pytest.mark.parametrize(
    "raw",
    [
        "+1 202 555 0142\u202e",  # bidi override
        "+1 202\u200b 555 0142",  # zero width
        "＋12025550142",
        "+１２０２５５５０１４２",
        "+١٢٠٢٥٥٥٠١٤٢",
        "+1202555\u00ad0142",  # soft hyphen
        "+12025550142\0",
        "+12025550142\n",
        "+1\t2025550142",
        "+1202555CALL",
        "+1 202 555 0142*",
        "+" + "1" * 40,
        "",
        "   ",
        "+",
        "()",
    ],
)
def test_num_02_strange_characters_are_refused_before_parsing(raw):
    assert refusal(raw).code == "invalid_number"


@pytest.mark.parametrize(
    "raw",
    [
        "+12025550142 x5",
        "+12025550142 ext. 5",
        "tel:+12025550142",
        "sip:+12025550142",
        "+12025550142;ext=5",
        "+12025550142,,5",
        "+12025550142#5",
        "+12025550142<+12025550143",
        "+12025550142/43",
        "+12025550142 or 143",
        "+12025550142+12025550143",
        "1+2025550142",
    ],
)
def test_num_03_extensions_schemes_and_several_numbers_are_refused(raw):
    assert refusal(raw).code == "invalid_number"


def test_num_04_without_plus_or_region_the_sentence_asks_for_the_plus():
    assert "Begin with +" in refusal("2025550142").message


def test_num_04_two_zeros_get_a_hint():
    assert refusal("0044 7700 900123").message == "Write + and the country code instead of 00."


def test_num_04_an_unknown_region_is_refused():
    assert refusal("2025550142", "ZZ").message == "Choose a country from the list."


def test_num_04_the_rest_face_reads_bare_digits_as_international():
    assert canonical_number("12025550142", "GB", bare_digits=True).e164 == "+12025550142"


def test_num_05_a_possible_number_outside_the_plan_is_refused():
    assert "does not exist" in refusal("+44 1632 100123").message


@pytest.mark.parametrize("raw", ["+1 202 555", "+1 202 555 01421", "+999 1234567", "+1 5550142"])
def test_num_05_impossible_numbers_are_refused(raw):
    assert refusal(raw).code == "invalid_number"


def test_num_05_fiction_is_accepted_though_the_library_calls_it_invalid():
    assert not phonenumbers.is_valid_number(phonenumbers.parse("+447700900123"))
    number = canonical_number("+447700900123")
    assert (number.region, number.type) == ("GB", NumberType.MOBILE)


def test_num_05_over_real_carriers_the_library_decides(settings):
    settings.SIMULATED_NETWORK = False
    assert refusal("+447700900123").code == "invalid_number"


@pytest.mark.parametrize(
    ("raw", "routes", "early"),
    [
        ("+447700900123", ("sms", "call"), False),
        ("+12025550142", ("sms", "call"), True),
        ("+442079460123", ("call",), True),
        ("+448081570123", (), False),  # toll-free
        ("+449098790123", (), False),  # premium rate
        ("+443069990123", (), False),  # company-wide
        ("+881612345678", (), False),  # satellite
        ("+883510012345678", (), False),  # global service
        ("+80012345678", (), False),  # universal freephone
        ("+445600123456", (), False),  # VoIP, off by default
    ],
)
def test_num_06_the_type_decides_how_a_code_may_go(raw, routes, early):
    number = canonical_number(raw)
    assert (number.routes, number.voice_early) == (routes, early)


def test_num_06_voip_is_called_when_the_operator_opens_it(settings):
    settings.VOIP_NUMBERS = True
    assert canonical_number("+445600123456").routes == ("call",)


@pytest.mark.parametrize("raw", ["+449098790123", "+881612345678"])
def test_num_06_types_that_are_not_served_have_their_own_code(raw):
    with pytest.raises(DomainError) as caught:
        require_supported(canonical_number(raw))
    assert caught.value.code == "destination_type_not_supported"


def test_outcome_numbers_are_known_before_their_type():
    number = canonical_number("+1 500 555 0121")
    assert require_supported(number).is_outcome
    assert number.routes == ()


def test_other_personal_numbers_are_not_served():
    assert not canonical_number("+1 500 234 5678").supported


def test_caribbean_and_island_numbers_keep_their_own_region():
    regions = [canonical_number(raw).region for raw in ("+18765550142", "+447911123456")]
    assert regions == ["JM", "GG"]


def test_the_country_is_named():
    assert canonical_number("+447700900123").country == "United Kingdom"


def test_fiction_ranges_are_possible_and_do_not_overlap():
    prefixes = [row.prefix for row in FICTION]
    assert not [p for p in prefixes for q in prefixes if p != q and p.startswith(q)]
    for row in FICTION:
        assert canonical_number(row.number(row.size - 1)).region == row.region


def test_ranges_that_no_regulator_published_have_no_subscribers():
    for row in FICTION:
        if not row.published:
            for index in (0, row.size // 2, row.size - 1):
                parsed = phonenumbers.parse(row.number(index))
                assert not phonenumbers.is_valid_number(parsed), row


def test_a_longer_number_is_not_in_a_range():
    assert find_fiction("+4477009001234") is None


def test_every_area_code_has_its_fiction():
    assert is_fictional("+19075550142")
    assert not is_fictional("+19075550242")


@pytest.mark.parametrize(
    ("value", "shown"),
    [("+12025550142", "+1 202 555 0142"), ("", ""), (None, ""), ("alice", "alice")],
)
def test_numbers_are_shown_as_people_write_them(value, shown):
    assert display(value) == shown


TYPED = st.one_of(
    st.text(max_size=40),
    st.text(alphabet="+0123456789 ().-x#,;/<\u202e\u200b０٣", max_size=34),
    st.from_regex(r"\+?[0-9]{1,4}[ .()-]?[0-9]{3,12}", fullmatch=True),
)


@given(raw=TYPED, region=st.sampled_from([None, "US", "GB", "IT", "JP"]))
def test_num_02_what_is_dialled_is_what_was_typed(raw, region):
    try:
        number = canonical_number(raw, region)
    except DomainError as error:
        assert error.code == "invalid_number"
        return
    typed = re.sub(r"[^0-9]", "", raw)
    code = str(phonenumbers.parse(number.e164).country_code)
    national = number.digits.removeprefix(code)
    assert re.fullmatch(r"\+[1-9][0-9]{6,14}", number.e164)
    assert national in typed
    assert canonical_number(number.e164) == number
