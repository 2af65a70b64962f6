"""The seeded stock: big, fictional, the same every time."""

from __future__ import annotations

import pytest

from console.core.fiction import is_fictional
from console.core.numbers import canonical_number
from console.numbers import seeds
from console.numbers.models import DidType, StockNumber

pytestmark = pytest.mark.django_db


def test_the_stock_has_thousands_of_numbers_in_twenty_countries():
    seeds.seed_stock()
    assert StockNumber.objects.count() > 3000
    assert StockNumber.objects.values("country").distinct().count() == 20
    kinds = StockNumber.objects.values_list("type", flat=True).distinct()
    assert set(kinds) == set(DidType.values)


def test_every_number_of_the_stock_reaches_nobody():
    seeds.seed_stock()
    for number in StockNumber.objects.iterator():
        assert is_fictional(number.number), number.number
        assert canonical_number(number.number).region == number.country
        assert number.number.endswith(number.national)


def test_phones_keep_the_lower_half_of_each_range():
    seeds.seed_stock()
    theirs = ["+12025550142", "+447700900123", "+61491570156", "+33639980123"]
    assert not StockNumber.objects.filter(number__in=theirs).exists()


def test_seeding_again_adds_nothing_and_keeps_what_was_changed(django_assert_num_queries):
    seeds.seed_stock()
    StockNumber.objects.filter(number="+12025550150").update(available=False, monthly_rate="9")
    with django_assert_num_queries(1):
        assert seeds.seed_stock() == "complete"
    kept = StockNumber.objects.get(number="+12025550150")
    assert (kept.available, kept.monthly_rate) == (False, 9)


@pytest.mark.parametrize(
    ("digits", "found"),
    [
        ("206", {"2065550150", "2065559900"}),
        ("20655599", {"2065559900"}),
        ("9", {"9915550100", "9995550100"}),
        ("99", {"9915550100", "9995550100"}),
        ("999", {"9995550100"}),
        ("0", {"0015550100"}),
        ("009", set()),
    ],
)
def test_starting_with_is_one_range(digits, found):
    nationals = ("2065550150", "2065559900", "9915550100", "9995550100", "0015550100")
    for index, national in enumerate(nationals):
        StockNumber.objects.create(
            number=f"+1206555010{index}", national=national, country="US", type="local"
        )
    matches = StockNumber.objects.starting_with(digits).values_list("national", flat=True)
    assert set(matches) == found
