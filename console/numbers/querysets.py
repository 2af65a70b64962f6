"""Questions to the stock and to the rented numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.db import connection, models

from console.accounts.querysets import TenantQuerySet

if TYPE_CHECKING:
    from console.numbers.models import RentedNumber, StockNumber  # noqa: F401 - in the bases


class StockNumberQuerySet(models.QuerySet["StockNumber"]):
    """The stock belongs to no account, so it needs no scope."""

    def on_offer(self) -> Self:
        """Numbers that can be rented now."""
        return self.filter(available=True)

    def starting_with(self, digits: str) -> Self:
        """Numbers whose digits after the country code start with `digits` (one range scan)."""
        found = self.filter(national__gte=digits)
        above = str(int(digits) + 1)
        # "99" + 1 would be longer: nothing sorts above such a prefix but what starts with it.
        return (
            found if set(digits) == {"9"} else found.filter(national__lt=above.zfill(len(digits)))
        )


class RentedNumberQuerySet(TenantQuerySet["RentedNumber"]):
    """Start at `for_account`."""

    def living(self) -> Self:
        """Numbers that are still rented."""
        return self.filter(released_at=None)

    def with_facts(self) -> Self:
        """With stock and application in the same query."""
        return self.select_related("stock", "application", "subaccount")


_COUNTRIES = """
WITH RECURSIVE found(country) AS (
    SELECT MIN(country) FROM numbers_stocknumber WHERE available
    UNION ALL
    SELECT (SELECT MIN(country) FROM numbers_stocknumber
             WHERE available AND country > found.country)
      FROM found WHERE found.country IS NOT NULL
)
SELECT country FROM found WHERE country IS NOT NULL
"""


def countries_on_offer() -> list[str]:
    """ISO codes of the countries that have free stock, sorted; one index look-up a country."""
    with connection.cursor() as cursor:
        cursor.execute(_COUNTRIES)
        return [row[0] for row in cursor.fetchall()]
