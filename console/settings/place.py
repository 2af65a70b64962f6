"""Where it runs, as what, with which secrets, and the figures that safety rests on."""

from __future__ import annotations

import sys
from pathlib import Path

from console import __version__
from console.core import env, secrets_file, trust

BASE_DIR = Path(__file__).resolve().parent.parent.parent
VERSION = __version__
MODE = env.text("RINGFENCE_MODE", "embedded")
PRODUCTION = MODE == "production"
DEBUG = env.flag("RINGFENCE_DEBUG", default=False)
TESTING = "pytest" in sys.modules

DATA = Path(env.text("RINGFENCE_DATA", str(BASE_DIR / "var"))).resolve()
HOST = env.text("RINGFENCE_HOST", "127.0.0.1")
PORT = env.integer("RINGFENCE_PORT", 8000, low=1, high=65535)
PUBLIC_URL = env.text("RINGFENCE_PUBLIC_URL", f"http://{HOST}:{PORT}").rstrip("/")
PUBLIC_HOST = PUBLIC_URL.split("//", 1)[-1].split("/")[0].split(":")[0]
LOOPBACK = HOST in {"127.0.0.1", "localhost", "::1"}


# ---- Secrets (WEB-08) ----
_made = {} if PRODUCTION else secrets_file.load_or_make(DATA)
SECRET_KEY = env.secret("RINGFENCE_SECRET_KEY", _made.get("SECRET_KEY", ""))
SECRET_KEY_FALLBACKS = env.words("RINGFENCE_SECRET_KEY_FALLBACKS")
OTP_PEPPER = env.secret("RINGFENCE_OTP_PEPPER", _made.get("OTP_PEPPER", ""))
# Older ones: codes on their way still fit, and counters go on under the oldest (seals.otp_peppers).
OTP_PEPPER_FALLBACKS = env.words("RINGFENCE_OTP_PEPPER_FALLBACKS")
TOKEN_PEPPER = env.secret("RINGFENCE_TOKEN_PEPPER", _made.get("TOKEN_PEPPER", ""))
AUDIT_PEPPER = env.secret("RINGFENCE_AUDIT_PEPPER", _made.get("AUDIT_PEPPER", ""))
SEAL_KEY = env.secret("RINGFENCE_SEAL_KEY", _made.get("SEAL_KEY", ""))

# ---- What safety rests on ----
TRUST = trust.read()
TIME_SCALE = env.number("RINGFENCE_TIME_SCALE", 1.0, low=0.1, high=1000.0)
NETWORK = env.text("RINGFENCE_NETWORK", "simulated")
SIMULATED_NETWORK = NETWORK == "simulated"
REGIONS = env.words("RINGFENCE_REGIONS", "US,CA,GB,AU")
VOIP_NUMBERS = env.flag("RINGFENCE_VOIP_NUMBERS", default=False)  # NUM-06: call only
TRUSTED_PROXIES = env.networks("RINGFENCE_TRUSTED_PROXIES")
WEBHOOK_ALLOW_NETS = env.networks("RINGFENCE_WEBHOOK_ALLOW_NETS")
WEBHOOK_ALLOW_NETS_IN_PRODUCTION = env.flag(
    "RINGFENCE_WEBHOOK_ALLOW_NETS_IN_PRODUCTION", default=False
)
WEBHOOK_REFUSE_NETS = env.networks("RINGFENCE_WEBHOOK_REFUSE_NETS")
WEBHOOK_PORTS = [int(port) for port in env.words("RINGFENCE_WEBHOOK_PORTS", "80,443,8080,8443")]
SIP_DOMAIN = env.text("RINGFENCE_SIP_DOMAIN", "phone.ringfence.example")
CSV_MAX_CONCURRENT = 3
