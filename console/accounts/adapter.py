"""django-allauth's hooks: its mail, its links, its limits and its secrets, by our rules."""

from __future__ import annotations

import base64
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.http import urlencode

from console.accounts import failures, mail, once, sessions
from console.accounts.models import User
from console.accounts.services import first_token
from console.core.http import client_ip
from console.core.seals import seal, unseal

_LONGEST_ADDRESS = 254
_SITE = {"name": "Ringfence", "domain": settings.PUBLIC_HOST}


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]  # allauth is not typed
    """Sign-up, sign-in and mail."""

    error_messages = DefaultAccountAdapter.error_messages | {
        "email_password_mismatch": "The e-mail address or the password is not right.",
        "too_many_login_attempts": (
            "Too many tries that were not right. Wait a quarter of an hour, or reset the password."
        ),
        "invalid_password_reset": "This reset link was used before or is too old.",
        "enter_current_password": "This is not your current password.",
        "incorrect_password": "This is not your password.",
        "incorrect_code": "This code is not right.",
        "duplicate_email": "This is your address already.",
        "rate_limited": "That was too often. Wait a little and try again.",
    }

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Renders a letter and posts it through the outbox."""
        known = {"request": self.request, "email": email, "current_site": _SITE, **context}
        known |= {"public_url": settings.PUBLIC_URL, "public_host": settings.PUBLIC_HOST}
        subject = " ".join(render_to_string(f"{template_prefix}_subject.txt", known).split())
        text = render_to_string(f"{template_prefix}_message.txt", known).strip() + "\n"
        page = render_to_string("account/email/letter.html", {"subject": subject, "text": text})
        mail.post(to=email, subject=subject, text=text, html=page)

    def get_email_confirmation_url(self, request: HttpRequest, emailconfirmation: Any) -> str:
        """The link that confirms an address, at our public address."""
        return mail.link("account_confirm_email", emailconfirmation.key)

    def get_reset_password_from_key_url(self, key: str) -> str:
        """The link that resets a password, at our public address."""
        uid, _, token = key.partition("-")
        return mail.link("account_reset_password_from_key", uidb36=uid, key=token)

    def send_account_already_exists_mail(self, email: str) -> None:
        """Tells the owner of a known address that someone tried to sign up with it (ACC-02)."""
        self.send_mail("account/email/account_already_exists", email, {})

    def post_login(self, request: HttpRequest, user: User, **kwargs: Any) -> HttpResponse:
        """Shows an owner their first token before anything else (ACC-10)."""
        response: HttpResponse = super().post_login(request, user, **kwargs)
        made = first_token(user, ip=client_ip(request))
        if made is None:
            return response
        once.put(request, account=made.account, token=made.token)
        after = urlencode({"next": response.headers.get("Location", "/")})
        return HttpResponseRedirect(f"{reverse('accounts:token')}?{after}")

    def clean_email(self, email: str) -> str:
        """The address, unless it is longer than the column: SQLite would not mind."""
        if len(email) > _LONGEST_ADDRESS:
            raise ValidationError("This address is too long.")
        return email

    def get_client_ip(self, request: HttpRequest) -> str:
        """The client's address by our rule about proxies (WEB-05)."""
        return client_ip(request)

    def is_reauthentication_required(self, *, app: str, **kwargs: Any) -> bool:
        """Whether the last proof is older than the limit; a fresh sign-in counts (ACC-06)."""
        return not sessions.recently_authenticated(self.request)

    def is_safe_url(self, url: str) -> bool:
        """Paths of ours only (WEB-07)."""
        return url.startswith("/") and bool(super().is_safe_url(url))

    def is_ajax(self, request: HttpRequest) -> bool:
        """Only where the passkey script asks for its challenge: our pages are pages."""
        return request.path == reverse("mfa_login_webauthn") and request.method == "GET"

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        """A failure more, after which the form asks for work (WEB-06)."""
        failures.note(request, str(credentials.get("email", "")))

    def _get_login_attempts_cache_key(self, request: HttpRequest, **credentials: Any) -> str:
        # allauth's own key holds the Host header: another host would be another counter.
        return "login:" + str(credentials.get("email", "")).lower()


class MFAAdapter(DefaultMFAAdapter):  # type: ignore[misc]  # allauth is not typed
    """Second factors; their secrets are sealed at rest (recovery codes: see `recovery_codes`)."""

    error_messages = DefaultMFAAdapter.error_messages | {
        "incorrect_code": "This code is not right, or it was used before.",
    }

    def encrypt(self, text: str) -> str:
        """Seals a TOTP secret; the key is not in the database."""
        return base64.b64encode(seal(text.encode(), purpose="mfa", bound_to="mfa")).decode()

    def decrypt(self, encrypted_text: str) -> str:
        """Opens what `encrypt` sealed."""
        raw = base64.b64decode(encrypted_text)
        return unseal(raw, purpose="mfa", bound_to="mfa").decode()

    def can_delete_authenticator(self, authenticator: Any) -> bool:
        """Staff keep a second factor (ACC-04)."""
        if not authenticator.user.is_staff:
            return True
        others = Authenticator.objects.filter(user=authenticator.user).exclude(pk=authenticator.pk)
        return bool(others.exclude(type=Authenticator.Type.RECOVERY_CODES).exists())

    def generate_authenticator_name(self, user: User, type: str) -> str:  # noqa: A002
        """A first name for a passkey, free to be changed."""
        count = Authenticator.objects.filter(user=user, type=type).count()
        return "My passkey" if not count else f"Passkey {count + 1}"

    def _get_site_name(self) -> str:
        return "Ringfence"
