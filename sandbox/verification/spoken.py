"""The XML of calls that say a code (OTP-15): who calls and why, a key, six digits thrice, goodbye.

Without a key the call hangs up with nothing said, so a voicemail never records a code. A key of its
own stops all such calls for good (OTP-19).
"""

from __future__ import annotations

from dataclasses import dataclass
from xml.sax.saxutils import escape

from sandbox.calls.internal_documents import url_of
from sandbox.verification.prompts import PROMPTS, Prompts

HANG_UP = "<Response><Hangup/></Response>"
_TIMES = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Script:
    """One call: `document` is its key among internal documents, `language` one of PROMPTS."""

    document: str
    language: str
    key: str = "1"
    who: str = ""

    @property
    def stop(self) -> str:
        """The key that stops such calls: 9, unless that says the code."""
        return "9" if self.key != "9" else "0"

    @property
    def prompts(self) -> Prompts:
        """The sentences of its language."""
        return PROMPTS[self.language]

    def words(self, template: str) -> str:
        """A sentence with its keys and the brand."""
        return template.format(key=self.key, stop=self.stop, who=self.who)

    def greeting(self, template: str) -> str:
        """Says who calls, and waits ten seconds for a key."""
        return f"<Response>{self._ask(self.words(template))}<Hangup/></Response>"

    def code(self, code: str) -> str:
        """Says the code three times, digit by digit, a second apart, and offers to repeat it."""
        said = "".join(
            f'{self._speak(digit)}<Wait length="1"/>' for _ in range(_TIMES) for digit in code
        )
        again = self._ask(self.words(self.prompts.again))
        goodbye = self._speak(self.prompts.goodbye)
        first = self._speak(self.prompts.code_is)
        return f"<Response>{first}{said}{again}{goodbye}<Hangup/></Response>"

    def last_words(self, sentence: str) -> str:
        """Says one sentence and hangs up."""
        return f"<Response>{self._speak(sentence)}<Hangup/></Response>"

    def _speak(self, text: str) -> str:
        return f'<Speak language="{self.language}">{escape(text)}</Speak>'

    def _ask(self, words: str) -> str:
        return (
            f'<GetDigits action="{url_of(self.document)}" method="POST" numDigits="1" '
            f'timeout="10" retries="1">{self._speak(words)}</GetDigits>'
        )
