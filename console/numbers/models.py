"""DIDs: the stock that can be rented, and what accounts rent."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from django.db import models
from django.db.models import F, Q

from console.accounts.models import Account, Subaccount
from console.applications.models import Application
from console.core import clock
from console.core.countries import country_name
from console.core.models import E164Field, e164_check
from console.core.money import ZERO, MoneyField
from console.numbers.querysets import RentedNumberQuerySet, StockNumberQuerySet

LONGEST_ALIAS = 80


class DidType(models.TextChoices):
    """What kind of number it is to those who call it (compat: PhoneNumber `type`)."""

    LOCAL = "local", "Local"
    MOBILE = "mobile", "Mobile"
    TOLLFREE = "tollfree", "Toll-free"
    NATIONAL = "national", "National"


class StockNumber(models.Model):
    """A number the platform holds. Rates are US dollars: per month, once, per minute, per message.

    `national` is the number after the country code, by which people search. `available` is taken
    away by whoever rents it, with a conditional update.
    """

    number = E164Field(unique=True)
    national = models.CharField(max_length=15)
    country = models.CharField(max_length=2)
    region = models.CharField(max_length=48, blank=True, default="")
    city = models.CharField(max_length=48, blank=True, default="")
    type = models.CharField(max_length=8, choices=DidType.choices)
    voice_enabled = models.BooleanField(default=True)
    sms_enabled = models.BooleanField(default=False)
    monthly_rate = MoneyField(default=ZERO)
    setup_rate = MoneyField(default=ZERO)
    voice_rate = MoneyField(default=ZERO)
    sms_rate = MoneyField(default=ZERO)
    carrier = models.CharField(max_length=48, default="Ringfence")
    available = models.BooleanField(default=True)

    objects = StockNumberQuerySet.as_manager()

    class Meta:
        constraints = [
            e164_check("number", name="stock_number_e164"),
            models.CheckConstraint(condition=Q(type__in=DidType.values), name="stock_type_known"),
            models.CheckConstraint(
                condition=Q(monthly_rate__gte=0, setup_rate__gte=0), name="stock_rates_not_negative"
            ),
            models.CheckConstraint(
                condition=Q(national__regex=r"^[0-9]{4,14}$"), name="stock_national_is_digits"
            ),
        ]
        indexes = [
            # Search by country, and by what the number starts with: /numbers/search/.
            models.Index(
                fields=["country", "national"], name="stock_search", condition=Q(available=True)
            ),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def country_name(self) -> str:
        """The country in English."""
        return country_name(self.country)

    @property
    def place(self) -> str:
        """City and area as people write them; the country's name where there is no city."""
        return ", ".join(dict.fromkeys(filter(None, (self.city, self.region)))) or self.country_name

    @property
    def capabilities(self) -> str:
        """`Voice`, `SMS` or `Voice, SMS`."""
        named = (("Voice", self.voice_enabled), ("SMS", self.sms_enabled))
        return ", ".join(word for word, able in named if able)

    @property
    def first_cost(self) -> Decimal:
        """US dollars that renting it takes at once: set-up and the first month."""
        return self.setup_rate + self.monthly_rate


class RentedNumber(models.Model):
    """A number that an account rents, or rented: `released_at` is None while it does.

    At most one living rental a number: the database sees to it. `renewal_date` is when the next
    month begins.
    """

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="numbers")
    subaccount = models.ForeignKey(
        Subaccount, on_delete=models.SET_NULL, null=True, blank=True, related_name="numbers"
    )
    stock = models.ForeignKey(StockNumber, on_delete=models.PROTECT, related_name="rentals")
    number = E164Field()
    application = models.ForeignKey(
        Application, on_delete=models.SET_NULL, null=True, blank=True, related_name="numbers"
    )
    alias = models.CharField(max_length=LONGEST_ALIAS, blank=True, default="")
    rented_on = models.DateTimeField(default=clock.now)
    renewal_date = models.DateField()
    released_at = models.DateTimeField(null=True, blank=True)

    objects = RentedNumberQuerySet.as_manager()

    class Meta:
        constraints = [
            e164_check("number", name="rented_number_e164"),
            models.UniqueConstraint(
                fields=["number"],
                condition=Q(released_at=None),
                name="one_living_rental_a_number",
            ),
            models.CheckConstraint(
                condition=Q(released_at=None) | Q(released_at__gte=F("rented_on")),
                name="released_after_rented",
            ),
        ]
        indexes = [
            # The account's numbers in order, and the trial cap: /numbers/ and GET Number/.
            models.Index(
                fields=["account", "number"], name="rented_list", condition=Q(released_at=None)
            ),
            # What begins a new month: renew_due.
            models.Index(
                fields=["renewal_date"], name="rented_renewal", condition=Q(released_at=None)
            ),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def is_living(self) -> bool:
        """Whether the account still rents it."""
        return self.released_at is None


def month_after(day: date) -> date:
    """The same day of the next month, or its last day where that month is shorter."""
    year, month = (day.year + 1, 1) if day.month == 12 else (day.year, day.month + 1)
    for last in (day.day, 30, 29, 28):
        try:
            return date(year, month, last)
        except ValueError:
            continue
    raise AssertionError("every month has 28 days")
