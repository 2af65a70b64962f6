"""What the help center teaches is what the platform does: the same causes, elements and codes."""

import ast
import re
from pathlib import Path

import pytest
from django.conf import settings

from console.core.errors import DomainError
from console.core.message_errors import MESSAGE_ERRORS
from console.core.outcomes import OUTCOMES
from console.help.content import Kind, Page, library
from console.records.columns import COLUMNS
from sandbox.calls.flow.causes import CAUSES
from sandbox.calls.flow.parse import parse
from sandbox.calls.flow.verbs import LATER, VERBS
from sandbox.fence.policy import shipped_policy
from sandbox.messages.columns import COLUMNS as MESSAGE_COLUMNS
from tests.console.help.test_content import SPINE

ELEMENTS = library().of(Kind.ELEMENT)
RUNNING = [page for page in ELEMENTS if page.runs]


def _of_family(family: str) -> dict[str, Page]:
    pages = library().of(Kind.ERROR)
    return {page.code: page for page in pages if page.extra["family"] == family}


def test_every_hangup_cause_has_its_page_with_its_name():
    pages = {int(code): page.title for code, page in _of_family("hangup").items()}
    assert pages == {code: cause.name for code, cause in CAUSES.items()}


def test_every_message_error_has_its_page_with_its_reason():
    pages = {int(code): page.title for code, page in _of_family("message").items()}
    assert pages == dict(MESSAGE_ERRORS)


def test_every_cause_of_an_outcome_number_is_a_cause():
    assert {o.call.cause for o in OUTCOMES if o.call.cause} <= set(CAUSES)


def test_the_page_of_elements_says_which_run_and_which_do_not():
    assert {page.title for page in RUNNING} == {"Response", *VERBS}
    assert {page.title for page in ELEMENTS} - {page.title for page in RUNNING} == set(LATER)


@pytest.mark.parametrize("entry", RUNNING, ids=lambda entry: entry.slug)
def test_every_example_runs_as_printed(entry: Page):
    examples = re.findall(r"```xml\n(.*?)```", entry.body, re.DOTALL)
    assert examples
    for example in examples:
        assert [notice.message for notice in parse(example.encode()).notices] == []


def _attributes(page: Page) -> list[str]:
    return re.findall(r"^\| `([A-Za-z_0-9]+)` \|", page.body, re.MULTILINE)


def _document(page: Page, attribute: str) -> str:
    inner = {"Dial": "<Number>15005550100</Number>", "Number": "15005550100"}
    inner |= {"User": "sip:a1@phone.ringfence.example", "PreAnswer": "<Wait/>"}
    text = inner.get(
        page.title,
        "" if page.title in {"GetDigits", "GetInput", "Record", "Wait", "Hangup"} else "x",
    )
    given = f'{attribute}=""'
    if page.title == "MultiPartyCall":
        given = 'role="agent"' if attribute == "role" else f'role="agent" {given}'
    element = f"<{page.title} {given}>{text}</{page.title}>"
    if page.title in {"Number", "User"}:
        element = f"<Dial>{element}</Dial>"
    return f"<Response>{element}</Response>"


@pytest.mark.parametrize(
    ("entry", "attribute"),
    [
        pytest.param(page, name, id=f"{page.title}-{name}")
        for page in RUNNING
        for name in _attributes(page)
    ],
)
def test_every_attribute_in_the_tables_is_known(entry: Page, attribute: str):
    notices = parse(_document(entry, attribute).encode()).notices
    assert not any(notice.code == "attribute_unknown" for notice in notices)


def test_the_guide_names_the_columns_of_both_downloads_in_their_order():
    guide = library().find(Kind.GUIDE, "csv")
    assert guide is not None
    assert _attributes(guide) == [column.name for column in (*COLUMNS, *MESSAGE_COLUMNS)]


def _figures(slug: str) -> dict[str, str]:
    """The rows of the guide's tables of two columns."""
    guide = library().find(Kind.GUIDE, slug)
    assert guide is not None
    return dict(re.findall(r"^\| ([^|`*]+) \| ([^|]+) \|$", guide.body, re.MULTILINE))


@pytest.mark.django_db
def test_the_guide_of_the_trial_names_the_figures_of_the_shipped_policy():
    policy, shown = shipped_policy(), _figures("trial-limits")
    added = settings.TRUST.sandbox_numbers_added_30_days
    assert shown["Sandbox numbers"] == str(policy.verified_numbers)
    assert shown["Numbers added within 30 days"] == str(added)
    assert shown["DIDs"] == str(policy.rented_numbers)
    assert shown["Applications"] == str(policy.applications)
    assert shown["Endpoints"] == str(policy.endpoints)
    assert shown["Calls at a time"] == str(policy.concurrent_calls)
    assert shown["New calls a second"] == str(policy.calls_a_second)
    assert shown["Length of a call"] == f"{policy.call_seconds // 60} minutes"
    assert shown["Credit"] == f"{policy.credit:.0f} US dollars"


def test_the_guide_of_verification_names_the_figures_in_force():
    trust, shown = settings.TRUST, _figures("verify-a-number")
    hour, day = trust.otp_number_hour, trust.otp_number_day
    waits = (trust.otp_cooldown_1, trust.otp_cooldown_2, trust.otp_cooldown_3)
    last = trust.otp_cooldown_4
    assert shown["Length of a code"] == f"{trust.otp_digits} digits"
    assert shown["A code is valid for"] == f"{trust.otp_lifetime // 60} minutes"
    assert shown["Wrong tries for one verification"] == str(trust.otp_wrong_per_challenge)
    assert shown["Wrong tries for one number in 24 hours"].startswith(
        f"{trust.otp_wrong_per_number_day}, "
    )
    assert shown["Codes sent for one verification"] == str(trust.otp_sends_per_challenge)
    assert shown["Waiting time before the next code"] == (
        ", ".join(map(str, waits)) + f", then {last} seconds"
    )
    assert shown["Codes sent to one number"] == f"{hour} an hour, {day} a day"
    assert shown["Calls with a code to one number"] == f"{trust.otp_voice_number_day} a day"
    assert shown["A verification lasts"] == f"{trust.verified_days} days"


def _codes_in_source() -> set[str]:
    """Every literal `code=` of an error or a refusal, read from the source of the program."""
    found: set[str] = set()
    for folder in ("console", "sandbox"):
        for file in (ROOT / folder).rglob("*.py"):
            for node in ast.walk(ast.parse(file.read_text("utf-8"))):
                if isinstance(node, ast.Call) and ast.unparse(node.func) in CARRIERS:
                    found |= {str(k.value.value) for k in node.keywords if _is_code(k)}
    return found


def _is_code(keyword: ast.keyword) -> bool:
    return keyword.arg == "code" and isinstance(keyword.value, ast.Constant)


def _errors(cls: type[DomainError] = DomainError) -> set[type[DomainError]]:
    return {cls}.union(*(_errors(child) for child in cls.__subclasses__()))


ROOT = Path(settings.BASE_DIR)
CARRIERS = {cls.__name__ for cls in _errors()} | {"Refusal"}


def test_the_source_is_read_for_codes_at_all():
    assert {"bad_email", "bad_name"} <= _codes_in_source()


def test_every_code_that_a_refusal_carries_has_its_page():
    codes = _codes_in_source() | {cls.code for cls in _errors()}
    assert {code for code in codes if library().find(Kind.ERROR, code) is None} == set()


@pytest.mark.parametrize("slug", SPINE.split())
def test_every_term_of_the_spine_is_explained_on_a_page_of_the_console(slug):
    pages = (settings.BASE_DIR / "templates").rglob("*.html")
    outside = [one for one in pages if "help" not in one.parts]
    assert any(f'slug="{slug}"' in one.read_text() for one in outside)


@pytest.mark.parametrize(
    ("slug", "path"),
    [
        ("api-id", "/logs/requests/"),
        ("hardphone", "/endpoints/phones/"),
        ("pstn", "/network/"),
        ("server-sdk", "/help/guides/use-the-sdks/"),
        ("xml", "/help/playground/"),
    ],
)
def test_a_terms_page_leads_to_the_part_that_makes_it_real(slug, path):
    assert path in [link.path for link in library().find(Kind.TERM, slug).where]
