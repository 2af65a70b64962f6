"""The embedded default's own secrets: made once, kept in the data folder, readable by its owner."""

from __future__ import annotations

import json
import os
import secrets
from pathlib import Path

NAMES = ("SECRET_KEY", "OTP_PEPPER", "TOKEN_PEPPER", "SEAL_KEY", "AUDIT_PEPPER")


def load_or_make(folder: Path) -> dict[str, str]:
    """The secrets by name, made at the first call.

    Two processes that start at once agree: the file is written whole and linked into place, and
    the loser of the race reads the winner's.
    """
    path = folder / "secrets.json"
    if not path.exists():
        folder.mkdir(parents=True, exist_ok=True)
        fresh = {name: secrets.token_urlsafe(48) for name in NAMES}
        draft = folder / f".secrets-{secrets.token_hex(8)}"
        draft.touch(mode=0o600)
        draft.write_text(json.dumps(fresh), encoding="utf-8")
        try:
            os.link(draft, path)
        except FileExistsError:
            pass
        finally:
            draft.unlink()
    found: dict[str, str] = json.loads(path.read_text(encoding="utf-8"))
    return found
