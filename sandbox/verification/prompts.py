"""The sentences of `prompts.toml`: what calls with a code say, and the texts of sessions."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Final


@dataclass(frozen=True, slots=True, kw_only=True)
class Prompts:
    """The sentences of one language, with places for keys, brand and code."""

    name: str
    ours: str
    session: str
    session_branded: str
    code_is: str
    again: str
    goodbye: str
    gone: str
    stopped: str
    text: str
    text_branded: str


PROMPTS: Final[dict[str, Prompts]] = {
    code: Prompts(**sentences)
    for code, sentences in tomllib.loads(
        Path(__file__).with_suffix(".toml").read_text(encoding="utf-8")
    ).items()
}
DEFAULT = "en-US"
_BY_REGION = {
    **dict.fromkeys(("ES", "MX", "AR", "CL", "CO", "PE"), "es-ES"),
    **dict.fromkeys(("FR", "BE", "LU", "MC"), "fr-FR"),
    **dict.fromkeys(("DE", "AT", "CH", "LI"), "de-DE"),
}
CHOICES = [(code, one.name) for code, one in PROMPTS.items()]


def language_for(wanted: str, *, region: str = "") -> str:
    """The language of the prompts: the one that was chosen, else the region's, else English.

    `wanted` is a tag such as `de`, `de-DE` or `de_AT`; what we do not speak is as if not given.
    """
    spoken = {code.lower(): code for code in PROMPTS} | {code[:2]: code for code in PROMPTS}
    tag = wanted.lower().replace("_", "-")
    chosen = spoken.get(tag) or spoken.get(tag.partition("-")[0])
    return chosen or _BY_REGION.get(region, DEFAULT)
