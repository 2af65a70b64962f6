"""Number ranges that reach nobody: what stock, seeds, tests and examples are made of.

Each row is a prefix in E.164 and how many free digits follow it. `published` rows are ranges that
a regulator has set aside for films, books and examples:

- North America (NANPA): 555-0100 to 555-0199 of every geographic area code.
- United Kingdom (Ofcom): the drama ranges, geographic, mobile, freephone and UK-wide.
- Australia (ACMA): numbers for use in radio, books, film and television.
- France (ARCEP): six blocks of 10,000 for audiovisual works, one of them mobile.
- Germany (Bundesnetzagentur, notice 148/2021): "drama numbers" in five cities and on mobiles.
- Sweden (PTS): four geographic blocks and one mobile block for books and films.
- Ireland (ComReg): 020 91x xxxx for dramatic works.

The other countries publish no such range. Their rows lie under codes that the numbering plan
has not opened, so that the numbering library knows no subscriber there; a test holds them to it
with every update of the library's metadata.

Pure data: no query.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from console.core.number_types import NumberType

_FIXED, _MOBILE, _FREE = NumberType.FIXED_LINE, NumberType.MOBILE, NumberType.TOLL_FREE
_EITHER, _WIDE = NumberType.FIXED_LINE_OR_MOBILE, NumberType.UAN


@dataclass(frozen=True, slots=True)
class FictionRange:
    """`prefix` followed by any `free` digits: 10**free numbers of one region and type."""

    region: str
    prefix: str
    free: int
    type: NumberType
    place: str = ""
    """City or area, as people know it; empty for numbers of the whole country."""
    area: str = ""
    """State, province or the like."""
    published: bool = True

    @property
    def size(self) -> int:
        """How many numbers it holds."""
        return int(10**self.free)

    def number(self, index: int) -> str:
        """The number at `index` (0 to size - 1) in E.164."""
        return f"{self.prefix}{index:0{self.free}d}" if self.free else self.prefix


def _nanp(region: str, *rows: tuple[str, str, str]) -> Iterator[FictionRange]:
    for code, place, area in rows:
        yield FictionRange(region, f"+1{code}55501", 2, _EITHER, place, area)


_US = _nanp(
    "US",
    ("202", "Washington", "District of Columbia"),
    ("206", "Seattle", "Washington"),
    ("212", "New York", "New York"),
    ("213", "Los Angeles", "California"),
    ("303", "Denver", "Colorado"),
    ("305", "Miami", "Florida"),
    ("312", "Chicago", "Illinois"),
    ("404", "Atlanta", "Georgia"),
    ("415", "San Francisco", "California"),
    ("503", "Portland", "Oregon"),
    ("512", "Austin", "Texas"),
    ("602", "Phoenix", "Arizona"),
    ("615", "Nashville", "Tennessee"),
    ("617", "Boston", "Massachusetts"),
    ("713", "Houston", "Texas"),
    ("808", "Honolulu", "Hawaii"),
)
_CANADA = _nanp(
    "CA",
    ("403", "Calgary", "Alberta"),
    ("416", "Toronto", "Ontario"),
    ("506", "Fredericton", "New Brunswick"),
    ("514", "Montreal", "Quebec"),
    ("604", "Vancouver", "British Columbia"),
    ("613", "Ottawa", "Ontario"),
    ("902", "Halifax", "Nova Scotia"),
)
_BRITAIN = (
    FictionRange("GB", "+441134960", 3, _FIXED, "Leeds", "England"),
    FictionRange("GB", "+441144960", 3, _FIXED, "Sheffield", "England"),
    FictionRange("GB", "+441174960", 3, _FIXED, "Bristol", "England"),
    FictionRange("GB", "+441214960", 3, _FIXED, "Birmingham", "England"),
    FictionRange("GB", "+441314960", 3, _FIXED, "Edinburgh", "Scotland"),
    FictionRange("GB", "+441414960", 3, _FIXED, "Glasgow", "Scotland"),
    FictionRange("GB", "+441514960", 3, _FIXED, "Liverpool", "England"),
    FictionRange("GB", "+441614960", 3, _FIXED, "Manchester", "England"),
    FictionRange("GB", "+441914980", 3, _FIXED, "Tyneside", "England"),
    FictionRange("GB", "+442079460", 3, _FIXED, "London", "England"),
    FictionRange("GB", "+442896496", 3, _FIXED, "Belfast", "Northern Ireland"),
    FictionRange("GB", "+442920180", 3, _FIXED, "Cardiff", "Wales"),
    FictionRange("GB", "+441632960", 3, _FIXED),
    FictionRange("GB", "+447700900", 3, _MOBILE),
    FictionRange("GB", "+448081570", 3, _FREE),
    FictionRange("GB", "+443069990", 3, _WIDE),
    FictionRange("GB", "+449098790", 3, NumberType.PREMIUM_RATE),
)
# fmt: off
_AUSTRALIAN_MOBILES = (
    570006, 570110, 570156, 570157, 570158, 570159, 570313, 570737, 571266, 571491, 571804, 572549,
    572665, 572983, 573087, 573770, 574118, 574632, 575254, 575789, 576398, 576801, 577426, 577644,
    578148, 578888, 578957, 579212, 579455, 579760,
)
# fmt: on
_AUSTRALIA = (
    FictionRange("AU", "+6125550", 4, _FIXED, "Sydney", "New South Wales"),
    FictionRange("AU", "+6127010", 4, _FIXED, "Canberra", "Australian Capital Territory"),
    FictionRange("AU", "+6135550", 4, _FIXED, "Melbourne", "Victoria"),
    FictionRange("AU", "+6137010", 4, _FIXED, "Hobart", "Tasmania"),
    FictionRange("AU", "+6175550", 4, _FIXED, "Brisbane", "Queensland"),
    FictionRange("AU", "+6177010", 4, _FIXED, "Cairns", "Queensland"),
    FictionRange("AU", "+6185550", 4, _FIXED, "Adelaide", "South Australia"),
    FictionRange("AU", "+6187010", 4, _FIXED, "Perth", "Western Australia"),
    *(FictionRange("AU", f"+61491{rest}", 0, _MOBILE) for rest in _AUSTRALIAN_MOBILES),
    FictionRange("AU", "+611800160401", 0, _FREE),
    *(FictionRange("AU", f"+6118009757{end}", 0, _FREE) for end in ("07", "08", "09", "10", "11")),
)
_FRANCE = (
    FictionRange("FR", "+3319900", 4, _FIXED, "Paris", "Île-de-France"),
    FictionRange("FR", "+3326191", 4, _FIXED, "Nantes", "North-West"),
    FictionRange("FR", "+3335301", 4, _FIXED, "Strasbourg", "North-East"),
    FictionRange("FR", "+3346571", 4, _FIXED, "Marseille", "South-East"),
    FictionRange("FR", "+3353649", 4, _FIXED, "Toulouse", "South-West"),
    FictionRange("FR", "+3363998", 4, _MOBILE),
)
_GERMANY = (
    FictionRange("DE", "+493023125", 3, _FIXED, "Berlin", "Berlin"),
    FictionRange("DE", "+496990009", 3, _FIXED, "Frankfurt am Main", "Hesse"),
    FictionRange("DE", "+494066969", 3, _FIXED, "Hamburg", "Hamburg"),
    FictionRange("DE", "+492214710", 3, _FIXED, "Cologne", "North Rhine-Westphalia"),
    FictionRange("DE", "+498999998", 3, _FIXED, "Munich", "Bavaria"),
    FictionRange("DE", "+4917139200", 2, _MOBILE),
    FictionRange("DE", "+49176040690", 2, _MOBILE),
)
_SWEDEN = (
    FictionRange("SE", "+463139006", 2, _FIXED, "Gothenburg", "Västra Götaland"),
    FictionRange("SE", "+464062804", 2, _FIXED, "Malmö", "Skåne"),
    FictionRange("SE", "+468465004", 2, _FIXED, "Stockholm", "Stockholm"),
    FictionRange("SE", "+469803192", 2, _FIXED, "Kiruna", "Norrbotten"),
    # 070-174 06 05 to 99; the first tens are left out, where the block begins in its middle.
    *(FictionRange("SE", f"+467017406{tens}", 1, _MOBILE) for tens in range(1, 10)),
)
_IRELAND = (FictionRange("IE", "+3532091", 5, _FIXED),)


def _unopened(region: str, *rows: tuple[str, NumberType, str]) -> Iterator[FictionRange]:
    """Rows of a country without a published range: 1,000 numbers under a code not in use."""
    for prefix, kind, place in rows:
        yield FictionRange(region, prefix, 3, kind, place, published=False)


_UNOPENED = (
    # Toll-free 822 is kept for growth and not open.
    FictionRange("US", "+182255501", 2, _FREE, published=False),
    *_unopened("AT", ("+432055550", _FIXED, ""), ("+43635550", _MOBILE, "")),
    *_unopened("BE", ("+3220550", _FIXED, ""), ("+32435550", _MOBILE, "")),
    *_unopened("BR", ("+552355550", _FIXED, ""), ("+5523955550", _MOBILE, "")),
    *_unopened("CH", ("+41235550", _FIXED, ""), ("+41705550", _MOBILE, "")),
    *_unopened("ES", ("+34895550", _FIXED, ""), ("+34765550", _MOBILE, "")),
    *_unopened("IN", ("+913955550", _FIXED, ""), ("+915055550", _MOBILE, "")),
    *_unopened("JP", ("+81305550", _FIXED, ""), ("+814055550", _MOBILE, "")),
    *_unopened("MX", ("+524055550", _FIXED, ""), ("+526055550", _MOBILE, "")),
    *_unopened("NL", ("+31285550", _FIXED, ""), ("+31695550", _MOBILE, "")),
    *_unopened("NZ", ("+6450550", _FIXED, ""), ("+64235550", _MOBILE, "")),
    *_unopened("PL", ("+48205550", _FIXED, ""), ("+48905550", _MOBILE, "")),
    *_unopened("SG", ("+6550550", _FIXED, ""), ("+6575550", _MOBILE, "")),
)

FICTION: tuple[FictionRange, ...] = (
    *_US,
    *_CANADA,
    *_BRITAIN,
    *_AUSTRALIA,
    *_FRANCE,
    *_GERMANY,
    *_SWEDEN,
    *_IRELAND,
    *_UNOPENED,
)
"""Every range that stock and seeds draw from. Other area codes of +1 count too: `find_fiction`."""

_BY_PREFIX = {row.prefix: row for row in FICTION}
_LENGTHS = sorted({len(row.prefix) for row in FICTION})
_NANP_FICTION = re.compile(r"\+1[2-9][0-9]{2}55501[0-9]{2}")


def find_fiction(e164: str) -> FictionRange | None:
    """The range of the table that holds the number, or None. No query."""
    for length in _LENGTHS:
        row = _BY_PREFIX.get(e164[:length])
        if row is not None and len(e164) == length + row.free:
            return row
    return None


def is_fictional(e164: str) -> bool:
    """Whether the number reaches nobody: in the table, or 555-01xx of any area code of +1."""
    return find_fiction(e164) is not None or bool(_NANP_FICTION.fullmatch(e164))
