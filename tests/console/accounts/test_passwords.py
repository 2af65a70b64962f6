"""The password rule (ACC-01)."""

from __future__ import annotations

from pathlib import Path

import pytest
from allauth.mfa.models import Authenticator
from django.core.exceptions import ValidationError

from console.accounts import common_passwords as generator
from console.accounts.models import User
from console.accounts.passwords import PolicyValidator

pytestmark = pytest.mark.django_db


def _someone() -> User:
    return User(email="barbara.liskov@example.com")


def _code(password: str, user: User | None = None) -> str:
    try:
        PolicyValidator().validate(password, user or _someone())
    except ValidationError as refused:
        return refused.code
    return ""


@pytest.mark.parametrize(
    "password",
    [
        "copper wires hum at night",
        "ünïcödé wörds äre fine",
        "            .              x y z q",
        "owls read 9 maps",
        "🦉🦉🦉🦊🦊🦊🐻🐻🐻🐼🐼🐼🐨🐨🐨",
        "q" + "abcdefgh ijklmnop " * 7,
    ],
)
def test_acc_01_any_long_password_is_taken(password):
    assert _code(password) == ""


@pytest.mark.parametrize(
    ("password", "code"),
    [
        ("fourteen chars", "password_too_short"),
        ("", "password_too_short"),
        ("x" * 64 + "yz ab" * 20, "password_too_long"),
        ("passwordpassword", "password_too_common"),
        ("PasswordPassword", "password_too_common"),
        ("password-password", "password_too_common"),
        ("qwertyuiopasdfg", "password_too_common"),
        ("123456789012345", "password_too_common"),
        ("aaaaaaaaaaaaaaaaaaaa", "password_too_common"),
        ("correct horse battery staple", "password_too_common"),
        ("administrator2024", "password_too_common"),
        ("ringfence ringfence", "password_too_similar"),
        ("Ringfence-2026-123", "password_too_similar"),
        ("barbara.liskov@example.com", "password_too_similar"),
        ("barbaraliskov1234", "password_too_similar"),
    ],
)
def test_acc_01_short_common_and_personal_passwords_are_refused(password, code):
    assert _code(password) == code


def test_acc_01_the_refusal_says_why_and_what_to_do():
    with pytest.raises(ValidationError, match=r"14 characters.*Three or four words"):
        PolicyValidator().validate("fourteen chars", _someone())


def test_acc_01_with_a_second_factor_eight_characters_do(owner):
    assert _code("kv9 tlwq", owner) == "password_too_short"
    Authenticator.objects.create(user=owner, type=Authenticator.Type.TOTP, data={})
    assert _code("kv9 tlwq", owner) == ""
    assert _code("kv9 tlw", owner) == "password_too_short"
    assert _code("password", owner) == "password_too_common"


def test_acc_01_composed_and_decomposed_letters_are_the_same_password():
    user = User()
    user.set_password("cafe\u0301 owls read maps")
    assert user.check_password("caf\u00e9 owls read maps")


def test_acc_01_nothing_is_cut_off():
    user = User()
    long = "owls read maps " * 8
    user.set_password(long)
    assert not user.check_password(long[:-1])


def test_acc_01_the_list_is_what_the_generator_makes_and_long_enough():
    path = Path(generator.__file__).with_name("common_passwords.txt")
    lines = path.read_text().splitlines()
    assert lines == generator.generate()
    assert len(lines) >= 3000
    assert all(15 <= len(line) <= 40 for line in lines)
