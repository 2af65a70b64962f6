"""TOTP and recovery codes (ACC-04)."""

from __future__ import annotations

import base64
import re
import time
from importlib import import_module

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.apps import apps
from django.test import Client

from console.accounts.adapter import MFAAdapter
from console.accounts.recovery_codes import HashedCodes
from tests.support.threads import at_once

from .conftest import Visitor

SECRET = re.compile(r'data-copy="([A-Z2-7]{32})"')


def _code(secret: str, step: int = 0) -> str:
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30 + step))


@pytest.fixture
def secret(signed_in) -> str:
    """The secret of an authenticator app that was just switched on."""
    page = signed_in.get("/accounts/2fa/totp/activate/").content.decode()
    found = SECRET.search(page)[1]
    answer = signed_in.post("/accounts/2fa/totp/activate/", {"code": _code(found, -1)})
    assert answer.headers["Location"] == "/accounts/2fa/recovery-codes/"
    return found


def _second_step(user, code: str) -> Client:
    visitor = Visitor(Client())
    answer = visitor.sign_in(user.email)
    assert answer.headers["Location"] == "/accounts/2fa/authenticate/"
    assert visitor.client.get("/settings/").status_code == 302
    visitor.client.post("/accounts/2fa/authenticate/", {"code": code})
    return visitor.client


def _is_in(client: Client) -> bool:
    return client.get("/settings/").status_code == 200


def test_acc_04_the_password_alone_does_not_sign_in(secret, confirmed):
    visitor = Visitor(Client())
    visitor.sign_in(confirmed.email)
    assert not _is_in(visitor.client)


def test_acc_04_the_code_of_the_app_signs_in(secret, confirmed):
    assert _is_in(_second_step(confirmed, _code(secret)))


def test_acc_04_a_code_is_good_once_even_after_its_half_minute(secret, confirmed):
    from django.core.cache import cache

    code = _code(secret, 1)
    assert _is_in(_second_step(confirmed, code))
    cache.delete(f"allauth.mfa.totp.used?user={confirmed.pk}&code={code}")  # kept for 30 s only
    assert not _is_in(_second_step(confirmed, code))


def test_acc_04_the_codes_beside_the_present_one_are_good_and_no_others(secret, confirmed):
    assert not _is_in(_second_step(confirmed, _code(secret, -2)))
    assert not _is_in(_second_step(confirmed, _code(secret, 2)))
    assert _is_in(_second_step(confirmed, _code(secret, 1)))


def test_acc_04_after_five_wrong_codes_the_right_one_is_refused_too(secret, confirmed):
    for _ in range(5):
        assert not _is_in(_second_step(confirmed, "000000"))
    assert not _is_in(_second_step(confirmed, _code(secret)))


def test_acc_04_the_secret_is_not_readable_in_the_database(secret, confirmed):
    stored = str(Authenticator.objects.get(type="totp").data)
    assert secret not in stored


def _shown(client: Client) -> list[str]:
    page = client.get("/accounts/2fa/recovery-codes/").content.decode()
    return list(dict.fromkeys(re.findall(r"\b\d{8}\b", page)))  # each is to read and to copy


def _set_of(user) -> Authenticator:
    return Authenticator.objects.get(user=user, type="recovery_codes")


def test_acc_04_ten_recovery_codes_are_shown_once(secret, signed_in):
    assert len(_shown(signed_in)) == 10
    assert _shown(signed_in) == []


def test_acc_04_another_session_does_not_see_the_codes(secret, signed_in, confirmed):
    assert _shown(_second_step(confirmed, _code(secret))) == []
    assert len(_shown(signed_in)) == 10


def test_acc_04_codes_that_were_replaced_meanwhile_are_not_shown(secret, signed_in, confirmed):
    other = _second_step(confirmed, _code(secret))
    other.post("/accounts/2fa/recovery-codes/generate/")
    assert _shown(signed_in) == []
    assert len(_shown(other)) == 10


def test_acc_04_a_recovery_code_signs_in_once(secret, signed_in, confirmed):
    code = _shown(signed_in)[0]
    assert _is_in(_second_step(confirmed, code))
    assert not _is_in(_second_step(confirmed, code))
    assert len(_set_of(confirmed).data["codes"]) == 9


def test_acc_04_recovery_codes_are_kept_as_hashes_only(secret, signed_in, confirmed):
    codes = _shown(signed_in)
    stored = _set_of(confirmed).data
    assert set(stored) == {"salt", "codes", "viewed_at"}
    assert all(re.fullmatch("[0-9a-f]{64}", one) for one in stored["codes"])
    assert not any(code in str(stored) for code in codes)


def test_acc_04_the_session_forgets_the_codes_when_it_has_shown_them(secret, signed_in):
    assert "recovery_once" in signed_in.session
    _shown(signed_in)
    assert "recovery_once" not in signed_in.session


def test_acc_04_a_code_of_someone_elses_set_is_none(secret, signed_in, confirmed, stranger):
    code = _shown(signed_in)[0]
    theirs = Authenticator(user=stranger, type="recovery_codes", data=_set_of(confirmed).data)
    theirs.save()
    assert not theirs.wrap().validate_code(code)
    assert _set_of(confirmed).wrap().validate_code(f"{code[:4]} {code[4:]}")


@pytest.mark.django_db(transaction=True)
def test_acc_04_of_many_who_use_a_code_at_once_one_gets_in(secret, signed_in, confirmed):
    code = _shown(signed_in)[0]
    answers = at_once(*[lambda: _set_of(confirmed).wrap().validate_code(code)] * 6)
    assert sorted(answers) == [False] * 5 + [True]


def test_acc_04_codes_of_an_older_ringfence_stay_good_and_the_used_ones_used(owner):
    sealed = MFAAdapter().encrypt("5eed" * 20)
    data = {"seed": sealed, "used_mask": 0b101, "viewed_at": 1.5}
    row = Authenticator.objects.create(user=owner, type="recovery_codes", data=data)
    codes = HashedCodes.__base__(row).generate_codes()
    _migrate("_hash")
    row.refresh_from_db()
    assert [row.wrap().validate_code(code) for code in codes[:4]] == [False, True, False, True]
    assert set(row.data) == {"salt", "codes", "viewed_at"}
    assert row.data["viewed_at"] == 1.5


def test_acc_04_codes_whose_key_is_gone_do_not_stop_the_upgrade(owner):
    data = {"seed": base64.b64encode(b"\x01" * 40).decode(), "used_mask": 0}
    row = Authenticator.objects.create(user=owner, type="recovery_codes", data=data)
    _migrate("_hash")
    row.refresh_from_db()
    assert row.data["codes"] == []


def _migrate(step: str) -> None:
    module = import_module("console.accounts.migrations.0009_hash_recovery_codes")
    getattr(module, step)(apps, None)


@pytest.mark.django_db(transaction=True)
def test_acc_05_a_second_factor_gives_the_session_a_new_id(signed_in):
    before = signed_in.session.session_key
    page = signed_in.get("/accounts/2fa/totp/activate/").content.decode()
    signed_in.post("/accounts/2fa/totp/activate/", {"code": _code(SECRET.search(page)[1])})
    assert signed_in.session.session_key != before
    assert _is_in(signed_in)


def test_acc_03_a_reset_does_not_skip_the_second_factor(secret, confirmed):
    from .test_sign_in import _choose, _reset_link

    client = Client()
    _choose(client, _reset_link(client, confirmed.email))
    assert not _is_in(client)


def test_acc_04_staff_keep_their_second_factor(secret, signed_in, confirmed):
    confirmed.is_staff = True
    confirmed.save(update_fields=["is_staff"])
    signed_in.post("/accounts/2fa/totp/deactivate/")
    assert Authenticator.objects.filter(type="totp").exists()


def test_acc_04_everyone_else_may_switch_it_off(secret, signed_in):
    signed_in.post("/accounts/2fa/totp/deactivate/")
    assert not Authenticator.objects.exists()


def test_acc_04_the_phone_is_no_second_factor():
    assert {choice.value for choice in Authenticator.Type} == {
        "recovery_codes",
        "totp",
        "webauthn",
    }
