"""Which POP serves a leg: the one nearest to the other end, as the crow flies. Pure, no query."""

from __future__ import annotations

from math import asin, cos, radians, sin, sqrt

Place = tuple[float, float]
"""Latitude and longitude in degrees."""

# Where most telephones of a country are, roughly.
COUNTRIES: dict[str, Place] = {
    "AT": (48.2, 16.4),
    "AU": (-33.9, 151.2),
    "BE": (50.8, 4.4),
    "BR": (-23.5, -46.6),
    "CA": (43.7, -79.4),
    "CH": (47.4, 8.5),
    "DE": (50.1, 8.7),
    "ES": (40.4, -3.7),
    "FR": (48.9, 2.4),
    "GB": (51.5, -0.1),
    "IE": (53.3, -6.3),
    "IN": (19.1, 72.9),
    "JP": (35.7, 139.7),
    "MX": (19.4, -99.1),
    "NL": (52.4, 4.9),
    "NZ": (-36.8, 174.8),
    "PL": (52.2, 21.0),
    "SE": (59.3, 18.1),
    "SG": (1.35, 103.8),
    "US": (39.0, -77.5),
}
# Area codes of +1 that lie west enough for the other American POP.
_WESTERN = """
206 209 213 253 279 303 310 323 360 403 408 415 424 425 442 480 503 510 530 541 559 562 602 604 619
623 626 628 650 657 661 669 702 707 714 720 725 747 760 778 801 805 808 818 820 831 858 907 909 916
925 928 949 951 971
"""
WESTERN_AREA_CODES = frozenset(_WESTERN.split())
WEST: Place = (37.3, -121.9)
_EARTH_KM = 6371.0


def distance_km(one: Place, other: Place) -> float:
    """Kilometres along the great circle (haversine formula)."""
    (lat1, lon1), (lat2, lon2) = ((radians(a), radians(b)) for a, b in (one, other))
    half = sin((lat2 - lat1) / 2) ** 2 + cos(lat1) * cos(lat2) * sin((lon2 - lon1) / 2) ** 2
    return 2 * _EARTH_KM * asin(sqrt(half))


def place_of(region: str, number: str = "") -> Place:
    """Where a telephone of the region (ISO 3166) is; a number of +1 tells its coast."""
    if number.startswith("+1") and number[2:5] in WESTERN_AREA_CODES:
        return WEST
    return COUNTRIES.get(region, COUNTRIES["US"])


_KM_A_MS = 200.0
"""Light in fibre: two thirds of its speed in space."""
_DETOUR = 1.5
"""Cables do not run as the crow flies."""
_HANDLING_MS = 8


def round_trip_ms(km: float) -> int:
    """Milliseconds that sound needs there and back over so many kilometres, estimated."""
    return round(2 * km * _DETOUR / _KM_A_MS) + _HANDLING_MS
