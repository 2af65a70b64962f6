"""What a fresh network holds: six POPs on four continents, carriers, routes, sell rates."""

from __future__ import annotations

from decimal import Decimal

from console.core.seeding import seed
from sandbox.network.models import Carrier, Pop, Rate, Route

POPS = (
    ("iad", "Northern Virginia", "US", "North America", "39.0438", "-77.4874"),
    ("sjc", "Northern California", "US", "North America", "37.3382", "-121.8863"),
    ("gru", "São Paulo", "BR", "South America", "-23.5505", "-46.6333"),
    ("fra", "Frankfurt", "DE", "Europe", "50.1109", "8.6821"),
    ("bom", "Mumbai", "IN", "Asia", "19.0760", "72.8777"),
    ("sin", "Singapore", "SG", "Asia", "1.3521", "103.8198"),
)
CARRIERS = (
    ("meridian", "Meridian Voice", 4000),
    ("bluewire", "Bluewire Telecom", 2500),
    ("lantern", "Lantern Networks", 1200),
    ("harbour", "Harbour Link", 800),
    ("monsoon", "Monsoon Carrier Services", 900),
    ("southern", "Southern Relay", 600),
)
# Prefix, name, country, outbound and inbound a minute, one message part, billed in steps of s.
# The longest prefix wins, so a mobile rate stands beside its country's.
RATES = (
    ("+1", "United States and Canada", "US", "0.01200", "0.00550", "0.00550", 60),
    ("+1403", "Canada, Alberta", "CA", "0.01300", "0.00550", "0.00650", 60),
    ("+1416", "Canada, Toronto", "CA", "0.01200", "0.00550", "0.00650", 60),
    ("+1506", "Canada, New Brunswick", "CA", "0.01350", "0.00550", "0.00650", 60),
    ("+1514", "Canada, Montreal", "CA", "0.01200", "0.00550", "0.00650", 60),
    ("+1604", "Canada, Vancouver", "CA", "0.01200", "0.00550", "0.00650", 60),
    ("+1613", "Canada, Ottawa", "CA", "0.01200", "0.00550", "0.00650", 60),
    ("+1902", "Canada, Nova Scotia", "CA", "0.01350", "0.00550", "0.00650", 60),
    ("+1500", "Outcome numbers", "US", "0.00850", "0.00550", "0.00500", 60),
    ("+1800", "United States and Canada, toll-free", "US", "0.00300", "0.02100", "0.00550", 60),
    ("+1822", "United States and Canada, toll-free", "US", "0.00300", "0.02100", "0.00550", 60),
    ("+31", "Netherlands", "NL", "0.01900", "0.00850", "0.08650", 60),
    ("+316", "Netherlands, mobile", "NL", "0.03850", "0.00850", "0.08650", 60),
    ("+32", "Belgium", "BE", "0.02700", "0.00900", "0.09100", 60),
    ("+324", "Belgium, mobile", "BE", "0.09500", "0.00900", "0.09100", 60),
    ("+33", "France", "FR", "0.01750", "0.00850", "0.06800", 60),
    ("+336", "France, mobile", "FR", "0.03300", "0.00850", "0.06800", 60),
    ("+337", "France, mobile", "FR", "0.03300", "0.00850", "0.06800", 60),
    ("+34", "Spain", "ES", "0.01500", "0.00850", "0.07350", 60),
    ("+346", "Spain, mobile", "ES", "0.03200", "0.00850", "0.07350", 60),
    ("+347", "Spain, mobile", "ES", "0.03200", "0.00850", "0.07350", 60),
    ("+353", "Ireland", "IE", "0.01800", "0.00850", "0.07800", 60),
    ("+3538", "Ireland, mobile", "IE", "0.03600", "0.00850", "0.07800", 60),
    ("+41", "Switzerland", "CH", "0.04200", "0.01000", "0.06350", 60),
    ("+417", "Switzerland, mobile", "CH", "0.21500", "0.01000", "0.06350", 60),
    ("+43", "Austria", "AT", "0.02600", "0.00950", "0.08850", 60),
    ("+436", "Austria, mobile", "AT", "0.03900", "0.00950", "0.08850", 60),
    ("+44", "United Kingdom", "GB", "0.01250", "0.00750", "0.04200", 60),
    ("+447", "United Kingdom, mobile", "GB", "0.03150", "0.00750", "0.04200", 60),
    ("+46", "Sweden", "SE", "0.01450", "0.00850", "0.05900", 60),
    ("+467", "Sweden, mobile", "SE", "0.03050", "0.00850", "0.05900", 60),
    ("+48", "Poland", "PL", "0.01900", "0.00900", "0.03650", 60),
    ("+49", "Germany", "DE", "0.01550", "0.00850", "0.08300", 60),
    ("+4915", "Germany, mobile", "DE", "0.03450", "0.00850", "0.08300", 60),
    ("+4916", "Germany, mobile", "DE", "0.03450", "0.00850", "0.08300", 60),
    ("+4917", "Germany, mobile", "DE", "0.03450", "0.00850", "0.08300", 60),
    ("+52", "Mexico", "MX", "0.01150", "0.00900", "0.03750", 60),
    ("+55", "Brazil", "BR", "0.02650", "0.01150", "0.03950", 60),
    ("+61", "Australia", "AU", "0.02350", "0.01000", "0.04450", 60),
    ("+614", "Australia, mobile", "AU", "0.04950", "0.01000", "0.04450", 60),
    ("+64", "New Zealand", "NZ", "0.02450", "0.01000", "0.07650", 60),
    ("+642", "New Zealand, mobile", "NZ", "0.06950", "0.01000", "0.07650", 60),
    ("+65", "Singapore", "SG", "0.02050", "0.01000", "0.03900", 60),
    ("+81", "Japan", "JP", "0.05950", "0.01250", "0.06750", 60),
    ("+91", "India", "IN", "0.01900", "0.00650", "0.00300", 30),
    ("+", "Rest of the world", "", "0.24000", "0.02500", "0.09500", 60),
)
# Who goes where: carrier, priority and, among those of one priority, weight.
_WORLD = (("meridian", 1, 1), ("bluewire", 2, 1))
_AMERICA = (("meridian", 1, 1), ("bluewire", 2, 1), ("lantern", 3, 1))
_EUROPE = (("lantern", 1, 60), ("harbour", 1, 40), ("meridian", 2, 1))
_PACIFIC = (("southern", 1, 70), ("monsoon", 1, 30), ("bluewire", 2, 1))
ROUTES: tuple[tuple[str, tuple[tuple[str, int, int], ...]], ...] = (
    ("+", _WORLD),
    ("+1", _AMERICA),
    ("+31", _EUROPE),
    ("+32", _EUROPE),
    ("+33", _EUROPE),
    ("+34", (("lantern", 1, 1), ("meridian", 2, 1))),
    ("+353", (("harbour", 1, 1), ("lantern", 2, 1), ("meridian", 3, 1))),
    ("+41", _EUROPE),
    ("+43", _EUROPE),
    ("+44", (("harbour", 1, 70), ("meridian", 1, 30), ("lantern", 2, 1))),
    ("+447", (("harbour", 1, 1), ("meridian", 2, 1))),
    ("+46", (("lantern", 1, 1), ("harbour", 2, 1))),
    ("+48", (("lantern", 1, 1), ("meridian", 2, 1))),
    ("+49", (("lantern", 1, 1), ("meridian", 2, 1))),
    ("+52", (("bluewire", 1, 60), ("meridian", 1, 40))),
    ("+55", (("bluewire", 1, 1), ("meridian", 2, 1))),
    ("+61", _PACIFIC),
    ("+64", _PACIFIC),
    ("+65", (("monsoon", 1, 1), ("southern", 2, 1), ("bluewire", 3, 1))),
    ("+81", (("monsoon", 1, 1), ("bluewire", 2, 1))),
    ("+91", (("monsoon", 1, 1), ("bluewire", 2, 1), ("lantern", 3, 1))),
)
_MARGIN = Decimal("0.62")
"""What of the sell rate the carrier takes, in the seeded world."""


@seed("network")
def seed_network() -> str:
    """Adds what is missing and leaves what is there, which may be an operator's edit."""
    for code, name, country, continent, latitude, longitude in POPS:
        Pop.objects.get_or_create(
            code=code,
            defaults={
                "name": name,
                "country": country,
                "continent": continent,
                "latitude": Decimal(latitude),
                "longitude": Decimal(longitude),
            },
        )
    rates = [
        Rate(
            prefix=prefix,
            name=name,
            country=country,
            outbound=Decimal(outbound),
            inbound=Decimal(inbound),
            message=Decimal(message),
            increment=increment,
        )
        for prefix, name, country, outbound, inbound, message, increment in RATES
    ]
    Rate.objects.bulk_create(rates, ignore_conflicts=True)
    _seed_routes()
    return f"{len(POPS)} POPs, {len(CARRIERS)} carriers, {len(ROUTES)} routes, {len(RATES)} rates"


def _seed_routes() -> None:
    carriers = {}
    for code, name, capacity in CARRIERS:
        carriers[code], _ = Carrier.objects.get_or_create(
            code=code, defaults={"name": name, "capacity": capacity}
        )
    sells = {row[0]: Decimal(row[3]) for row in RATES}
    known = set(Route.objects.values_list("prefix", flat=True))
    routes = [
        Route(
            prefix=prefix,
            carrier=carriers[code],
            priority=priority,
            weight=weight,
            cost=_cost(sells[prefix], priority),
        )
        for prefix, rows in ROUTES
        if prefix not in known
        for code, priority, weight in rows
    ]
    Route.objects.bulk_create(routes, ignore_conflicts=True)


def _cost(sells: Decimal, priority: int) -> Decimal:
    cost = sells * _MARGIN * (1 + Decimal(priority - 1) / 10)
    return cost.quantize(Decimal("0.00001"))
