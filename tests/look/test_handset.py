"""The phone in a real browser, over the real web process with its streams."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import expect

from tests.support.axe import violations
from tests.support.browser import PATIENCE, Watched, picture, settle
from tests.support.hand import Hand, web_with_hand
from tests.support.stack import free_port, fresh_database

pytestmark = pytest.mark.browser

PHONE, OTHER, DID = "+12025550142", "+447700900123", "+12065550177"
ONE = f"/handsets/{PHONE}/"
BOTH = f"/handsets/?show=%2B{PHONE[1:]}&show=%2B{OTHER[1:]}"


@pytest.fixture(scope="module")
def hand(style_sheet) -> Iterator[Hand]:
    """The network's hand on a running web process."""
    with fresh_database() as database, web_with_hand(free_port(), database) as found:
        yield found


@pytest.fixture(scope="module")
def cookie(hand: Hand) -> dict[str, str]:
    """The session of the phones' owner."""
    numbers = [PHONE, OTHER]
    return {**hand("sign_up", email="phone@example.com", numbers=numbers, did=DID), "url": hand.url}


@pytest.fixture
def look(chromium, hand, cookie):
    """`look(path, width=…, scheme=…)` gives a watched page of the owner; the phones are as new."""
    opened = []
    hand("clear")

    def start(path: str, *, width: int = 1280, scheme: str = "light", **options) -> Watched:
        context = chromium.new_context(
            viewport={"width": width, "height": 960}, color_scheme=scheme, **options
        )
        context.set_default_timeout(PATIENCE)
        opened.append(context)
        context.add_cookies([cookie])
        seen = Watched(context, hand.url)
        seen.page.goto(hand.url + path)
        return seen

    yield start
    for context in opened:
        context.close()


def _digits(hand: Hand, call: str) -> str:
    told = hand("told", kind="call.phone_event")
    return "".join(one["digits"] for one in told if one["call_uuid"] == call)


def _events(hand: Hand, call: str) -> list[str]:
    told = hand("told", kind="call.phone_event")
    return [one["event"] for one in told if one["call_uuid"] == call]


@pytest.mark.parametrize("width", [1280, 390])
def test_a_call_rings_is_answered_heard_keyed_and_hung_up(look, hand, width):
    seen = look(ONE, width=width)
    page = seen.page
    call = hand("ring", to=PHONE, from_=DID, caller_name="Front desk")
    expect(page.get_by_role("alert").first).to_contain_text("Incoming call")
    page.get_by_role("button", name="Answer").click()
    expect(page.get_by_role("button", name="Hang up")).to_be_visible()
    hand("speak", call_uuid=call, text="Welcome. Press one.", key="1")
    expect(page.get_by_text("Welcome. Press one.")).to_be_visible()
    page.get_by_role("button", name="1", exact=True).click()
    page.keyboard.press("4")
    page.keyboard.press("#")
    expect(page.get_by_text("Pressed 14#")).to_be_visible()
    assert _digits(hand, call) == "14#"
    page.get_by_role("button", name="Hang up").click()
    expect(page.locator(f"#past-{call}")).to_contain_text("Ended")
    assert _events(hand, call)[-1] == "hung_up"
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert seen.complaints == []


def test_a_text_comes_in_and_one_goes_out_without_reloading(look, hand):
    seen = look(ONE)
    page = seen.page
    page.evaluate("window.stays = true")
    hand("text", to=PHONE, from_=DID, text="Your parcel <b>waits</b>", secret=True)
    expect(page.get_by_text("Your parcel <b>waits</b>")).to_be_visible()
    page.get_by_label("Phone number").fill(DID)
    page.get_by_label("Message", exact=True).fill("Thank you")
    page.get_by_label("Message", exact=True).press("Enter")
    expect(page.get_by_text("Thank you")).to_be_visible()
    expect(page.get_by_label("Message", exact=True)).to_have_value("")
    assert hand("told", kind="sms.incoming")[-1]["to"] == DID
    assert page.evaluate("window.stays")
    assert seen.complaints == []


def test_calling_out_shows_the_call_until_it_ends(look, hand):
    seen = look(ONE)
    page = seen.page
    page.get_by_role("button", name="+1 206 555 0177").click()
    page.get_by_role("button", name="Call", exact=True).click()
    expect(page.get_by_text("Calling…")).to_be_visible()
    call = hand("told", kind="call.incoming")[-1]["call_uuid"]
    hand("answered", call_uuid=call)
    expect(page.get_by_text("On the line")).to_be_visible()
    hand("hang_up", call_uuid=call, cause="NORMAL_CLEARING")
    expect(page.locator(f"#past-{call}")).to_contain_text("Ended")
    assert seen.complaints == []


def test_a_refusal_is_said_beside_the_field_and_nothing_is_lost(look):
    page = look(ONE).page
    page.get_by_label("Phone number").fill("+15005550100")
    page.get_by_role("button", name="Call", exact=True).click()
    expect(page.locator("[data-error]")).to_contain_text("numbers that your account rents")
    expect(page.get_by_label("Phone number")).to_have_value("+15005550100")


def test_two_phones_stand_side_by_side_and_each_rings_for_itself(look, hand):
    seen = look(BOTH)
    page = seen.page
    first, second = hand("ring", to=PHONE, from_=DID), hand("ring", to=OTHER, from_=PHONE)
    expect(page.get_by_role("button", name="Answer")).to_have_count(2)
    page.get_by_role("region", name="Handset +44 7700 900123").get_by_role(
        "button", name="Answer"
    ).click()
    expect(page.get_by_role("button", name="Answer")).to_have_count(1)
    assert _events(hand, second) == ["answered"]
    assert _events(hand, first) == []
    for call in (first, second):
        hand("hang_up", call_uuid=call, cause="NORMAL_CLEARING")
    expect(page.get_by_role("button", name="Hang up")).to_have_count(0)
    assert seen.complaints == []


def test_without_streams_the_page_polls(look, hand):
    seen = look("/handsets/")
    seen.page.route("**/live/**", lambda route: route.abort())
    seen.page.goto(hand.url + ONE)
    hand("text", to=PHONE, from_=DID, text="Found by looking")
    expect(seen.page.get_by_text("Found by looking")).to_be_visible()


def test_without_scripts_a_call_is_answered_and_hung_up(look, hand):
    call = hand("ring", to=PHONE, from_=DID)
    page = look(ONE, java_script_enabled=False).page
    page.get_by_role("button", name="Answer").click()
    page.get_by_role("button", name="5", exact=True).click()
    page.get_by_role("button", name="Hang up").click()
    expect(page.get_by_text("Keys pressed: 5")).to_have_count(1)
    assert _events(hand, call) == ["answered", "digits", "hung_up"]


def test_what_is_being_typed_and_opened_survives_news(look, hand):
    call = hand("ring", to=PHONE, from_=DID)
    hand("speak", call_uuid=call, text="An old story", key="1")
    hand("hang_up", call_uuid=call, cause="NORMAL_CLEARING")
    page = look(ONE).page
    page.locator(f"#heard-{call} summary").click()
    page.get_by_label("Message", exact=True).type("half a sen")
    hand("text", to=PHONE, from_=DID, text="Interrupting")
    expect(page.get_by_text("Interrupting")).to_be_visible()
    expect(page.get_by_label("Message", exact=True)).to_have_value("half a sen")
    expect(page.get_by_label("Message", exact=True)).to_be_focused()
    expect(page.get_by_text("An old story")).to_be_visible()


@pytest.mark.parametrize(
    ("width", "scheme"), [(1280, "light"), (1280, "dark"), (390, "light"), (390, "dark")]
)
def test_axe_finds_nothing_on_a_phone_in_any_state(look, hand, width, scheme):
    seen = look(BOTH, width=width, scheme=scheme)
    page = seen.page
    first, second = hand("ring", to=PHONE, from_=DID), hand("ring", to=OTHER, from_=DID)
    hand("text", to=PHONE, from_=DID, text="Hello")
    expect(page.get_by_role("button", name="Answer")).to_have_count(2)
    page.get_by_role("button", name="Answer").nth(1).click()
    hand("speak", call_uuid=second, text="Welcome", key="1")
    hand("speak", call_uuid=second, text="Press one", key="2")
    expect(page.get_by_text("Press one", exact=True)).to_be_visible()
    settle(page)  # colours in motion are not the colours
    found = violations(page)
    assert [(v["id"], [n["target"] for n in v["nodes"]]) for v in found] == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert seen.complaints == []
    for call in (first, second):
        hand("hang_up", call_uuid=call, cause="NORMAL_CLEARING")


@pytest.mark.parametrize(
    ("width", "scheme"), [(1280, "light"), (1280, "dark"), (390, "light"), (390, "dark")]
)
def test_a_call_reads_as_a_conversation(look, hand, width, scheme):
    seen = look(ONE, width=width, scheme=scheme)
    page = seen.page
    call = hand("ring", to=PHONE, from_=DID)
    page.get_by_role("button", name="Answer").click()
    hand("speak", call_uuid=call, text="What can we do for you?", key="1")
    hand("said", call_uuid=call, text="I would like a table for two, at eight.", key="2")
    hand("speak", call_uuid=call, text="And your code?", key="3")
    hand("said", call_uuid=call, text="•••••", key="4")
    log = page.get_by_role("log", name="What is said in this call")
    expect(log.get_by_text("•••••")).to_be_visible()
    question, own = log.get_by_text("What can we do"), log.get_by_text("I would like")
    assert own.bounding_box()["x"] > question.bounding_box()["x"]
    assert own.bounding_box()["y"] > question.bounding_box()["y"]
    settle(page)
    picture(page, f"talk-{width}-{scheme}")
    assert [(v["id"], [n["target"] for n in v["nodes"]]) for v in violations(page)] == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.get_by_role("button", name="Hang up").click()
    page.locator(f"#heard-{call} summary").click()
    expect(page.locator(f"#heard-{call}").get_by_text("And your code?")).to_be_visible()
    picture(page, f"talk-over-{width}-{scheme}")
    assert [(v["id"], [n["target"] for n in v["nodes"]]) for v in violations(page)] == []
    assert seen.complaints == []


@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (390, "dark")])
def test_a_phone_is_made_an_answering_machine(look, hand, width, scheme):
    seen = look(f"{ONE}script/", width=width, scheme=scheme)
    page = seen.page
    page.get_by_label("When it rings").select_option("Answer as a machine")
    page.get_by_label("Then say").fill("You have reached Anna.")
    page.get_by_label("Seconds that the words take").fill("6")
    page.get_by_label("Beep after the words").check()
    picture(page, f"script-{width}-{scheme}")
    assert [(v["id"], [n["target"] for n in v["nodes"]]) for v in violations(page)] == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.get_by_role("button", name="Save").click()
    page.get_by_role("link", name="Set a script").click()
    expect(page.get_by_label("When it rings")).to_have_value("machine")
    expect(page.get_by_label("Beep after the words")).to_be_checked()
    page.get_by_label("When it rings").select_option("Wait for me")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("The handset waits for you again.")).to_be_visible()
    assert seen.complaints == []


def test_the_list_is_clean_and_opens_two_phones(look):
    seen = look("/handsets/")
    page = seen.page
    assert violations(page) == []
    for box in page.get_by_role("checkbox").all():
        box.check()
    page.get_by_role("button", name="Open side by side").click()
    expect(page.get_by_role("region", name="Handset +1 202 555 0142")).to_be_visible()
    expect(page.get_by_role("region", name="Handset +44 7700 900123")).to_be_visible()
    assert seen.complaints == []
