"""Makes `common_passwords.txt`: long passwords that people reach for first (ACC-01).

Django's own list holds 48 entries of 15 characters or more. This one is composed from what
published studies of leaked passwords agree on: a common word twice or with a tail of digits, two
common words, keyboard walks, counting, repeated short patterns, and well-known phrases.
Run `python -m console.accounts.common_passwords` after a change; a test compares.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product
from pathlib import Path

SHORTEST, LONGEST = 15, 40


def _list(text: str, separator: str = " ") -> list[str]:
    return " ".join(text.split()).replace(f"{separator} ", separator).split(separator)


WORDS = _list(
    """
    password passwort passw0rd p@ssword p@ssw0rd letmein welcome iloveyou admin administrator
    superuser master dragon monkey sunshine princess football baseball basketball superman batman
    shadow michael jennifer jordan charlie ashley daniel andrew jessica thomas matthew freedom
    whatever trustno1 starwars pokemon computer internet samsung google facebook qwerty qwertyuiop
    asdfghjkl zxcvbnm abc123 123456 12345678 1q2w3e4r 1qaz2wsx secret changeme default guest login
    hello goodbye summer winter spring autumn monday friday january december london chelsea
    arsenal liverpool flower butterfly chocolate cookie banana cheese ginger pepper purple orange
    forever lovely angel blessed jesus family mother father developer testing production
    """
)
TAILS = _list(
    """
    1 12 123 1234 12345 123456 1234567 12345678 123456789 1234567890 ! !! 123! 1! 2020 2021 2022
    2023 2024 2025 2026 2020! 2021! 2022! 2023! 2024! 2025! 2026! 69 007 666 777 111 000 321
    987654321
    """
)
ROWS = (
    "qwertyuiop",
    "asdfghjkl",
    "zxcvbnm",
    "1234567890",
    "qwertyuiopasdfghjklzxcvbnm",
    "qazwsxedcrfvtgbyhnujmikolp",
    "1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik9ol0p",
    "1q2w3e4r5t6y7u8i9o0p",
    "q1w2e3r4t5y6u7i8o9p0",
    "zaq12wsxcde34rfvbgt56yhnmju78ik",
    "abcdefghijklmnopqrstuvwxyz",
    "azertyuiopqsdfghjklmwxcvbn",
    "qwertzuiopasdfghjklyxcvbnm",
    "012345678901234567890123456789",
)
PATTERNS = _list(
    """
    123 1234 12345 abc abc123 qwe qwe123 asd asd123 zxc zxc123 a1b2c3 aa11 pass test
    """
)
PHRASES = _list(
    """
    correct horse battery staple| to be or not to be that is the question| open sesame open
    sesame| the quick brown fox jumps| may the force be with you| i love you so much| i love you
    forever| i hate passwords so much| this is my password| this is a password| my password is
    password| password is password| change me please now| please let me in now| let me in let me
    in| you shall not pass now| live long and prosper| winter is coming soon| game of thrones 123|
    harry potter harry| lord of the rings| star wars star wars| once upon a time| in the beginning
    was| our father who art in heaven| the lord is my shepherd| god is good all the time| jesus
    christ is lord| hello world hello| hello my name is| nobody knows this| super secret password|
    top secret password| the best password ever| i forgot my password| i dont know my password|
    remember this password| not my real password| one two three four five| four score and seven|
    happy birthday to you| merry christmas 123| manchester united| real madrid real madrid|
    liverpool football club| never give up never| keep calm and carry on| carpe diem carpe diem|
    hakuna matata hakuna| supercalifragilistic| a b c d e f g h i j k l m n o
    """,
    "|",
)


def generate() -> list[str]:
    """Every entry, sorted, lower case; each has 15 to 40 characters."""
    made = {*_words(), *_walks(), *_patterns(), *_phrases()}
    return sorted(one for one in made if SHORTEST <= len(one) <= LONGEST)


def _words() -> Iterator[str]:
    for word in WORDS:
        yield from (word * times for times in (2, 3, 4))
        yield from (word + tail for tail in TAILS)
        yield from (word + word + tail for tail in TAILS)
    yield from (one + two for one, two in product(WORDS[:60], WORDS[:60]))


def _walks() -> Iterator[str]:
    for row in ROWS:
        for line in (row, row[::-1], row * 2):
            starts = range(max(1, len(line) - SHORTEST + 1))
            ends = range(SHORTEST, min(len(line), 24) + 1)
            yield from (line[start : start + size] for start, size in product(starts, ends))


def _patterns() -> Iterator[str]:
    for pattern in PATTERNS:
        yield from (pattern * times for times in range(3, 9))


def _phrases() -> Iterator[str]:
    for phrase in PHRASES:
        bare = phrase.replace(" ", "")
        yield from (phrase, bare, bare + "1", bare + "123", bare + "!")


if __name__ == "__main__":
    Path(__file__).with_name("common_passwords.txt").write_text(
        "\n".join(generate()) + "\n", encoding="utf-8"
    )
