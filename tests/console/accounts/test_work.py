"""The work that a browser does before it signs up, and before it signs in again (WEB-06)."""

from __future__ import annotations

from dataclasses import replace

import pytest
from django.test import RequestFactory

from console.accounts import work
from console.core import clock
from tests.conftest import PASSWORD

from .conftest import worked

pytestmark = pytest.mark.django_db


def request(address: str = "127.0.0.1"):
    """A request from an address."""
    return RequestFactory().get("/", REMOTE_ADDR=address)


def done(sent: dict[str, str], address: str = "127.0.0.1") -> bool:
    """Whether what was sent counts as work from this address."""
    puzzle, answer = sent["puzzle"], sent["work"]
    return work.is_done(request(address), form="sign-up", puzzle=puzzle, answer=answer)


def test_web_06_work_counts_once():
    sent = worked()
    assert done(sent)
    assert not done(sent)


def test_web_06_it_is_bound_to_the_network_that_asked():
    sent = worked("192.0.2.7")
    assert not done(sent, "198.51.100.7")
    assert done(sent, "192.0.2.7")


def test_web_06_it_is_bound_to_the_form_that_asked():
    assert not done(worked(form="sign-in"))


def test_web_06_it_is_good_for_an_hour():
    sent = worked()
    later = clock.FrozenClock(clock.now())
    later.advance(hours=1, seconds=1)
    with clock.use(later):
        assert not done(sent)


@pytest.mark.parametrize("answer", ["", "x", "-1", "１", "9" * 13, "1\n"])
def test_web_06_what_is_no_number_is_no_work(answer):
    assert not done(worked() | {"work": answer})


def test_web_06_a_puzzle_of_ones_own_making_is_no_work():
    assert not done(worked() | {"puzzle": "mine"})
    wrong = next(str(n) for n in range(99) if not work.fits("mine", str(n)))
    assert not work.fits("mine", wrong)


def test_web_06_without_scripts_a_network_makes_two_accounts_an_hour(visitor):
    idle = {"puzzle": "", "work": ""}
    codes = [visitor.sign_up(f"p{n}@example.com", **idle).status_code for n in range(3)]
    assert codes == [302, 302, 429]
    assert visitor.sign_up("p4@example.com").status_code == 302


def test_web_06_the_page_carries_a_puzzle_and_no_answer(client):
    page = client.get("/accounts/signup/").content.decode()
    assert 'data-work="14"' in page
    assert 'name="work" value=""' in page


def fail(visitor, email: str, times: int, **extra) -> str:
    """The page after so many wrong passwords."""
    answers = [visitor.sign_in(email, "wrong", **extra) for _ in range(times)]
    return answers[-1].content.decode()


def asks(page: str) -> bool:
    """Whether the page asks for work."""
    return 'name="puzzle"' in page


def few(settings, tries: int) -> None:
    """Without work, a network has so many tries an hour."""
    settings.TRUST = replace(settings.TRUST, login_idle_ip_hour=tries)


def test_web_06_signing_in_asks_for_no_work_at_first(client):
    assert not asks(client.get("/accounts/login/").content.decode())


@pytest.mark.parametrize("email", ["owner@example.com", "nobody@example.com"])
def test_web_06_after_three_failures_it_does_for_known_and_unknown_alike(visitor, owner, email):
    assert not asks(fail(visitor, email, 2))
    assert asks(fail(visitor, email, 1))
    assert asks(visitor.client.get("/accounts/login/").content.decode())


def test_web_06_failures_elsewhere_ask_for_work_too_and_lock_nobody_out(visitor, confirmed):
    for number in range(3):
        fail(visitor, confirmed.email, 1, REMOTE_ADDR=f"198.51.100.{number}")
    assert asks(fail(visitor, confirmed.email.upper(), 1, REMOTE_ADDR="192.0.2.1"))
    assert visitor.sign_in(confirmed.email, REMOTE_ADDR="192.0.2.2").status_code == 302


def test_web_06_a_quarter_of_an_hour_later_it_asks_no_more(visitor, frozen, owner):
    fail(visitor, owner.email, 3)
    frozen.advance(minutes=16)
    assert not asks(visitor.client.get("/accounts/login/").content.decode())


def test_web_06_without_work_a_network_has_few_tries(visitor, confirmed, settings):
    few(settings, 2)
    fail(visitor, "nobody@example.com", 5)
    page = visitor.sign_in(confirmed.email).content.decode()
    assert "does a little work first" in page
    assert asks(page)


def test_web_06_with_work_the_right_password_signs_in(visitor, confirmed, settings):
    few(settings, 1)
    fail(visitor, confirmed.email, 4)
    sent = {"login": confirmed.email, "password": PASSWORD, **worked(form="sign-in")}
    assert visitor.client.post("/accounts/login/", sent).status_code == 302


def test_web_06_work_of_the_sign_up_form_is_none_here(visitor, confirmed, settings):
    few(settings, 1)
    fail(visitor, confirmed.email, 4)
    sent = {"login": confirmed.email, "password": PASSWORD, **worked(form="sign-up")}
    assert visitor.client.post("/accounts/login/", sent).status_code == 200


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_web_06_the_browser_does_the_work_by_itself(browse):
    page = browse().open("/accounts/signup/")
    page.wait_for_function("document.querySelector('[name=work]').value !== ''")
    values = {name: page.locator(f"[name={name}]").input_value() for name in ("puzzle", "work")}
    assert work.fits(values["puzzle"], values["work"])
