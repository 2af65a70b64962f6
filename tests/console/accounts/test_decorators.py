"""Who may use a view (ACC-04, ACC-06, TEN-02)."""

from __future__ import annotations

import pytest
from allauth.mfa.models import Authenticator
from django.contrib.auth.models import AnonymousUser
from django.http import HttpResponse
from django.test import RequestFactory

from console.accounts import sessions
from console.accounts.decorators import (
    manager_required,
    member_required,
    reauthenticated,
    staff_required,
    writer_required,
)
from console.accounts.middleware import AccountScope
from console.accounts.models import Role
from tests.conftest import make_member


def _ask(view, user=None, *, method="GET", **headers):
    request = RequestFactory().generic(method, "/some/page/?x=1", **headers)
    request.user = user or AnonymousUser()
    request.session = type("Session", (dict,), {"session_key": None})()
    request.csp_nonce = "x"
    if user:
        sessions.begin(request)
    return AccountScope(view)(request)


def _seen(request):
    return HttpResponse("seen")


@pytest.mark.parametrize(
    ("role", "member", "writer", "manager"),
    [
        (Role.OWNER, 200, 200, 200),
        (Role.ADMIN, 200, 200, 200),
        (Role.DEVELOPER, 200, 200, 403),
        (Role.ANALYST, 200, 403, 403),
    ],
)
def test_each_role_may_do_what_the_table_says(account, role, member, writer, manager):
    user = make_member("m@example.com", account, role)
    answers = [
        _ask(guard(_seen), user).status_code
        for guard in (member_required, writer_required, manager_required)
    ]
    assert answers == [member, writer, manager]


@pytest.mark.parametrize(
    "guard", [member_required, writer_required, manager_required, staff_required]
)
def test_a_visitor_is_sent_to_sign_in(db, guard):
    answer = _ask(guard(_seen))
    assert answer.headers["Location"] == "/accounts/login/?next=%2Fsome%2Fpage%2F%3Fx%3D1"


def test_acc_06_a_form_sent_too_late_comes_back_to_its_page(account, owner, frozen):
    view = member_required(reauthenticated(_seen))

    def late(request):
        frozen.advance(minutes=16)
        return view(request)

    answer = _ask(late, owner, method="POST", HTTP_REFERER="http://testserver/the/form/")
    assert answer.headers["Location"] == "/accounts/reauthenticate/?next=%2Fthe%2Fform%2F"


def test_acc_06_a_strangers_referer_is_not_followed(account, owner, frozen):
    view = member_required(reauthenticated(_seen))

    def late(request):
        frozen.advance(minutes=16)
        return view(request)

    answer = _ask(late, owner, method="POST", HTTP_REFERER="https://evil.example.com/")
    assert answer.headers["Location"] == "/accounts/reauthenticate/?next=%2F"


def test_acc_04_staff_pages_are_not_there_for_others(owner):
    assert _ask(staff_required(_seen), owner).status_code == 404


def test_acc_04_staff_without_a_second_factor_are_sent_to_set_it_up(staff):
    answer = _ask(staff_required(_seen), staff)
    assert answer.headers["Location"].startswith("/accounts/2fa/totp/activate/")


def test_acc_04_staff_with_a_second_factor_come_in(staff):
    Authenticator.objects.create(user=staff, type=Authenticator.Type.TOTP, data={})
    assert _ask(staff_required(_seen), staff).content == b"seen"
