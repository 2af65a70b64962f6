"""Staff change carriers, routes, rates, POPs, stock, ranges and switches; each is audited."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest

from console.core import clock
from console.numbers.models import RentedNumber, StockNumber
from sandbox.fence.models import HighRiskPrefix
from sandbox.network.models import Carrier, Pop, Rate, Route
from sandbox.network.routing import routes_for
from sandbox.network.seeds import seed_network
from sandbox.network.world import pop_for, rate_for
from sandbox.verification import switches
from sandbox.verification.models import KillSwitch
from tests.operator.conftest import audited

pytestmark = pytest.mark.django_db
UK = "+442079460123"


@pytest.fixture(autouse=True)
def seeded():
    seed_network()


def test_a_carrier_that_staff_take_down_carries_nothing_more(at_desk):
    given = {"name": "Harbour Link", "health": "down", "capacity": "800", "fault_percent": "0"}
    assert at_desk.post("/operator/carriers/harbour/", given).status_code == 302
    assert "harbour" not in [one.code for one in routes_for(UK).carriers]
    (event,) = audited("network.carrier_changed")
    assert (event.object_id, event.data["health"]) == ("harbour", "down")


def test_the_code_of_a_carrier_is_not_for_changing(at_desk):
    given = {"code": "other", "name": "X", "health": "up", "capacity": "1", "fault_percent": "0"}
    at_desk.post("/operator/carriers/harbour/", given)
    assert Carrier.objects.get(code="harbour").name == "X"
    assert not Carrier.objects.filter(code="other").exists()


def test_a_new_carrier_is_added(at_desk):
    given = {"code": "new", "name": "New", "health": "up", "capacity": "5", "fault_percent": "10"}
    assert at_desk.post("/operator/carriers/", given).status_code == 302
    assert Carrier.objects.get(code="new").fault_percent == 10
    assert audited("network.carrier_added")


@pytest.mark.parametrize(
    "wrong", [{"capacity": "-1"}, {"fault_percent": "101"}, {"health": "ill"}, {"code": "Ü"}]
)
def test_a_carrier_that_makes_no_sense_is_refused_beside_its_field(at_desk, wrong):
    given = {"code": "new", "name": "New", "health": "up", "capacity": "5", "fault_percent": "0"}
    answer = at_desk.post("/operator/carriers/", given | wrong)
    assert answer.status_code == 400
    assert "field__error" in answer.content.decode()
    assert not Carrier.objects.filter(name="New").exists()


def test_a_route_is_added_changed_and_removed(at_desk):
    carrier = Carrier.objects.get(code="monsoon")
    given = {
        "prefix": "+4420", "carrier": carrier.pk, "priority": "1", "weight": "1", "cost": "0.005",
    }  # fmt: skip
    assert at_desk.post("/operator/routes/", given).status_code == 302
    assert [one.code for one in routes_for(UK).carriers] == ["monsoon"]
    at_desk.post("/operator/routes/", given | {"weight": "7"})
    row = Route.objects.get(prefix="+4420")
    assert row.weight == 7
    at_desk.post(f"/operator/routes/{row.pk}/remove/")
    assert "monsoon" not in [one.code for one in routes_for(UK).carriers]
    for action in ("added", "changed", "removed"):
        assert audited(f"network.route_{action}")[0].object_id == "+4420 monsoon"


def test_a_rate_holds_for_the_next_leg(at_desk):
    given = {
        "prefix": "+4420", "name": "London", "country": "GB", "outbound": "0.5", "inbound": "0.1",
        "message": "0.01", "increment": "6",
    }  # fmt: skip
    assert at_desk.post("/operator/rates/", given).status_code == 302
    price = rate_for(UK)
    assert (price.per_minute, price.increment, price.name) == (Decimal("0.5"), 6, "London")
    at_desk.post(f"/operator/rates/{Rate.objects.get(prefix='+4420').pk}/remove/")
    assert rate_for(UK).name == "United Kingdom"


def test_the_rate_of_everywhere_cannot_be_removed(at_desk):
    row = Rate.objects.get(prefix="+")
    assert at_desk.post(f"/operator/rates/{row.pk}/remove/").status_code == 302
    assert Rate.objects.filter(pk=row.pk).exists()


def test_a_pop_that_is_closed_hands_over_to_the_next(at_desk):
    at_desk.post("/operator/pops/", {"code": "fra", "open": "0"})
    assert pop_for("GB").code == "iad"
    at_desk.post("/operator/pops/", {"code": "fra", "open": "1"})
    assert pop_for("GB").code == "fra"
    assert [one.object_id for one in audited("network.pop_closed")] == ["fra"]
    at_desk.post("/operator/pops/", {"code": "nowhere", "open": "0"})
    assert Pop.objects.filter(open=False).count() == 0


def test_num_08_a_closed_range_refuses_and_its_exception_does_not(at_desk):
    given = {"prefix": "+4420", "reason": "used for fraud", "days": "3"}
    assert at_desk.post("/operator/prefixes/", given).status_code == 302
    row = HighRiskPrefix.objects.get(prefix="+4420")
    assert row.until and row.until > clock.now() + timedelta(days=2)
    at_desk.post("/operator/prefixes/", given | {"opened": "on", "days": ""})
    row.refresh_from_db()
    assert (row.open, row.until) == (True, None)
    at_desk.post("/operator/prefixes/remove/", {"prefix": "+4420"})
    assert not HighRiskPrefix.objects.filter(prefix="+4420").exists()
    assert [bool(audited(f"prefix.{name}")) for name in ("closed", "opened", "removed")] == [
        True
    ] * 3


def test_otp_20_a_switch_is_thrown_and_lifted(at_desk):
    given = {"scope": "region", "value": "gb", "reason": "Pumping.", "until_hours": "2"}
    assert at_desk.post("/operator/switches/", given).status_code == 302
    assert switches.paused(region="GB", channel="sms")
    at_desk.post("/operator/switches/lift/", {"scope": "region", "value": "GB"})
    assert not switches.paused(region="GB", channel="sms")
    assert audited("verification.paused") and audited("verification.resumed")


@pytest.mark.parametrize(
    ("scope", "value"), [("region", "XX"), ("channel", "fax"), ("all", "GB"), ("moon", "")]
)
def test_a_switch_for_what_is_not_there_is_refused(at_desk, scope, value):
    given = {"scope": scope, "value": value, "reason": "Because."}
    assert at_desk.post("/operator/switches/", given).status_code == 400
    assert not KillSwitch.objects.exists()


def test_a_number_is_put_on_sale_withdrawn_and_offered_again(at_desk):
    given = {
        "number": "+1 415 555 0177", "type": "local", "monthly_rate": "0.8", "setup_rate": "0",
        "voice": "on",
    }  # fmt: skip
    assert at_desk.post("/operator/stock/", given).status_code == 302
    row = StockNumber.objects.get(number="+14155550177")
    assert (row.national, row.country, row.sms_enabled) == ("4155550177", "US", False)
    assert at_desk.post("/operator/stock/", given).status_code == 400  # it is there already
    at_desk.post("/operator/stock/", {"number": row.number, "offered": "0"})
    row.refresh_from_db()
    assert not row.available
    at_desk.post("/operator/stock/", {"number": row.number, "offered": "1"})
    row.refresh_from_db()
    assert row.available
    assert audited("stock.added") and audited("stock.withdrawn") and audited("stock.offered")


def test_a_number_that_is_rented_stays_as_it_is(at_desk, account):
    row = StockNumber.objects.create(
        number="+14155550177", national="4155550177", country="US", type="local", available=False
    )
    RentedNumber.objects.create(
        account=account, stock=row, number=row.number, renewal_date=clock.now().date()
    )
    at_desk.post("/operator/stock/", {"number": row.number, "offered": "1"})
    row.refresh_from_db()
    assert not row.available
    assert "Rented" in at_desk.get("/operator/stock/").content.decode()


def test_a_long_stock_comes_in_pages(at_desk):
    for last in range(60):
        StockNumber.objects.create(
            number=f"+141555501{last:02d}", national=f"41555501{last:02d}", country="US",
            type="local",
        )  # fmt: skip
    first = at_desk.get("/operator/stock/").content.decode()
    assert "?after=%2B14155550149" in first
    second = at_desk.get("/operator/stock/?after=%2B14155550149").content.decode()
    assert "+1 415 555 0150" in second
    assert "+1 415 555 0149" not in second
