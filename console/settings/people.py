"""How people sign in, and the mail that they get."""

from __future__ import annotations

from console.core import env
from console.settings.place import PUBLIC_HOST, PUBLIC_URL, TESTING, TRUST

# ---- People ----
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
if TESTING:
    PASSWORD_HASHERS.insert(0, "django.contrib.auth.hashers.MD5PasswordHasher")
AUTH_PASSWORD_VALIDATORS = [{"NAME": "console.accounts.passwords.PolicyValidator"}]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
ACCOUNT_ADAPTER = "console.accounts.adapter.AccountAdapter"
MFA_ADAPTER = "console.accounts.adapter.MFAAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_EMAIL_CONFIRMATION_EXPIRE_DAYS = 1
ACCOUNT_CONFIRM_EMAIL_ON_GET = False
ACCOUNT_LOGIN_ON_EMAIL_CONFIRMATION = True
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = False
ACCOUNT_CHANGE_EMAIL = True
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_REAUTHENTICATION_TIMEOUT = TRUST.reauthenticate_after
ACCOUNT_RATE_LIMITS = {
    "login": "300/m/ip",  # tries; failures are counted below
    "confirm_email": "1/30s/key,10/h/key",
    "signup": "60/m/ip",  # tries; sign-ups as such are counted by accounts.forms
    # Each of these may send a letter to somebody who did not ask for it.
    "reset_password": "20/h/ip,5/h/key",
    "manage_email": "20/h/user",
    "login_failed": (
        f"{TRUST.login_failures_ip_hour}/h/ip,{TRUST.login_failures_account_15_min}/15m/key"
    ),
}
PASSWORD_RESET_TIMEOUT = 3600
ACCOUNT_FORMS = {
    "signup": "console.accounts.forms.SignupForm",
    "login": "console.accounts.forms.LoginForm",
    "add_email": "console.accounts.forms.AddEmailForm",
    "change_password": "console.accounts.forms.ChangePasswordForm",
    "set_password": "console.accounts.forms.SetPasswordForm",
    "reset_password": "console.accounts.forms.ResetPasswordForm",
    "reset_password_from_key": "console.accounts.forms.ResetPasswordKeyForm",
    "reauthenticate": "console.accounts.forms.ReauthenticatePasswordForm",
}
ACCOUNT_SESSION_REMEMBER = True
MFA_FORMS = {
    "authenticate": "console.accounts.forms.AuthenticateForm",
    "reauthenticate": "console.accounts.forms.ReauthenticateForm",
    "activate_totp": "console.accounts.forms.ActivateTOTPForm",
}
MFA_RECOVERY_CODES_SHOW_ONCE = True
MFA_ALLOW_UNVERIFIED_EMAIL = True  # else nobody with a second factor could change the address
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_TOLERANCE = 1
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not PUBLIC_URL.startswith("https")
SESSION_COOKIE_AGE = TRUST.session_absolute
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SECURE_COOKIES = PUBLIC_URL.startswith("https")
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE_COOKIES
SESSION_COOKIE_NAME = "__Host-session" if SECURE_COOKIES else "ringfence_session"
CSRF_COOKIE_NAME = "__Host-csrf" if SECURE_COOKIES else "ringfence_csrf"
CSRF_COOKIE_HTTPONLY = True

# ---- Mail: the embedded default shows it at /mailbox/ ----
EMAIL_BACKEND = env.text("RINGFENCE_EMAIL_BACKEND", "console.accounts.mailbox.MailboxBackend")
DEFAULT_FROM_EMAIL = env.text("RINGFENCE_FROM_EMAIL", f"Ringfence <console@{PUBLIC_HOST}>")
EMAIL_HOST = env.text("RINGFENCE_SMTP_HOST", "localhost")
EMAIL_PORT = env.integer("RINGFENCE_SMTP_PORT", 25)
EMAIL_HOST_USER = env.text("RINGFENCE_SMTP_USER")
EMAIL_HOST_PASSWORD = env.secret("RINGFENCE_SMTP_PASSWORD")
EMAIL_TIMEOUT = 10
EMAIL_USE_TLS = env.flag("RINGFENCE_SMTP_TLS", default=False)
