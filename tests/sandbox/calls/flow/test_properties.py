"""Laws of `step` that hold for every sequence of events, whatever the document."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sandbox.calls.flow import Leg, State, new_call, parse, step
from sandbox.calls.flow.commands import (
    CancelTimer,
    Command,
    DialLeg,
    HangUp,
    HangupLeg,
    StartRecording,
    StartTimer,
    StopRecording,
    StoryNote,
)
from sandbox.calls.flow.errors import FlowXmlError
from sandbox.calls.flow.events import (
    Digits,
    DocumentFetched,
    DocumentGiven,
    DocumentRefused,
    Event,
    FetchFailed,
    HangupAsked,
    Heard,
    IncomingCall,
    LegAnswered,
    LegEnded,
    LegLeft,
    LegRinging,
    LegTaken,
    OutgoingCall,
    PromptFinished,
    SpeechHeard,
    StreamEnded,
    TimerFired,
    TransferAsked,
)
from sandbox.calls.flow.rooms import JoinRoom, LeaveRoom, RoomHeard, RoomView

N1, N2, CALLER = "+14155550103", "+14155550104", "+12025550101"

ELEMENTS = (
    "<Speak>hello</Speak>",
    '<Speak loop="0">for ever</Speak>',
    "<Speak/>",
    "<Play>/a.mp3</Play>",
    "<Play>nowhere:1</Play>",
    '<Wait length="2" beep="true"/>',
    '<Wait length="9" silence="true" minSilence="300"/>',
    '<GetDigits action="/d" numDigits="2" retries="2"><Speak>press</Speak><Wait/></GetDigits>',
    '<GetDigits validDigits="12" invalidDigitsSound="/no.mp3" retries="3" log="false"/>',
    '<GetDigits action="/d" redirect="false" numDigits="1" playBeep="true"/>',
    f'<Dial action="/x" callbackUrl="/l"><Number>{N1}</Number><Number>{N2}</Number></Dial>',
    f'<Dial hangupOnStar="true" dialMusic="/m"><Number>{N1}</Number></Dial>',
    f'<Dial confirmSound="/c" confirmKey="1"><Number>{N1}</Number><User>sip:a@b.test</User></Dial>',
    f'<Dial confirmSound="/c" redirect="false" action="/x"><Number>{N1}</Number></Dial>',
    f"<Dial><Number>{CALLER}</Number><Number/></Dial>",
    '<Record action="/r" callbackUrl="/cb"/>',
    '<Stream keepCallAlive="true" statusCallbackUrl="/s">wss://bot.example.com/</Stream>',
    "<Stream>nowhere:1</Stream>",
    '<Record action="/r" redirect="false" finishOnKey="12" timeout="3"/>',
    '<Record recordSession="true" action="/r" redirect="false"/>',
    '<Record startOnDialAnswer="true"/>',
    '<GetInput inputType="dtmf speech" action="/i" retries="2"><Speak>a</Speak><Wait/></GetInput>',
    '<GetInput inputType="speech" action="/i" interimSpeechResultsCallback="/s" log="false"/>',
    '<DTMF async="false">12w</DTMF>',
    "<Redirect>/next</Redirect>",
    '<Redirect method="PUT">/next</Redirect>',
    '<Hangup schedule="5"/>',
    '<Hangup reason="busy"/>',
    "<PreAnswer><Speak>ring</Speak><GetDigits action='/d' numDigits='1'/></PreAnswer>",
    "<PreAnswer/>",
    '<Conference action="/x" callbackUrl="/l" waitSound="/w" hangupOnStar="true">A</Conference>',
    '<Conference enterSound="/in" exitSound="beep:2" digitsMatch="1" timeLimit="9">A</Conference>',
    "<Conference/>",
    '<MultiPartyCall role="agent" waitMusicUrl="/w" waitTime="9">Support</MultiPartyCall>',
    '<MultiPartyCall role="customer" onExitActionUrl="/x" hold="true">Support</MultiPartyCall>',
    '<MultiPartyCall role="agent" record="true" startRecordingAudio="/1">S</MultiPartyCall>',
)

small = st.integers(0, 40)
documents = st.lists(st.sampled_from(ELEMENTS), max_size=4).map(
    lambda some: f"<Response>{''.join(some)}</Response>"
)
bodies = st.one_of(documents, documents, st.sampled_from(("", "{}", "<html/>", "\ud800", "\0")))
causes = st.sampled_from((0, 3000, 3010, 4000, 2020, 5010, 99999, -1))

phases = st.sampled_from(("waiting", "live", "held", "left", "refused"))
whys = st.sampled_from(("", "kicked", "ended", "full"))
noises = st.sampled_from(("entered", "left", "digits", "sounds", "announced", "silence", "else"))

EVENTS = (
    st.builds(DocumentFetched, small, bodies),
    st.builds(DocumentRefused, small, st.just("not_utf8"), st.just("x"), small, small),
    st.builds(FetchFailed, small, st.just("timeout"), small),
    st.builds(LegRinging, small),
    st.builds(LegAnswered, small),
    st.builds(LegEnded, st.integers(1, 40), causes, st.sampled_from(("", "Carrier"))),
    st.builds(Digits, st.text("0123456789*#x١\0", max_size=5), small),
    st.builds(Heard, st.sampled_from(("beep", "voice", "")), small),
    st.builds(
        SpeechHeard,
        st.sampled_from(("yes please", " ", "\0")),
        small,
        st.sampled_from((0, 4.5, -1, 1e9)),
    ),
    st.builds(StreamEnded, small),
    st.builds(PromptFinished, small, st.sampled_from(("", "status"))),
    st.builds(TimerFired, small),
    st.builds(RoomView, small, st.integers(0, 4), phases, st.sampled_from(("", "1")), whys),
    st.builds(RoomHeard, small, noises, document=bodies),
    st.builds(DocumentGiven, bodies),
    st.builds(IncomingCall),
    st.builds(OutgoingCall),
    st.builds(
        TransferAsked,
        st.sampled_from(("https://x.example.com/", "nowhere:1", "")),
        st.just("post"),
        small,
    ),
    st.builds(LegLeft, small),
    st.builds(LegTaken, st.sampled_from(("https://x.example.com/", "nowhere:1"))),
    st.builds(LegAnswered, st.just(0), st.sampled_from(((), ((0, 9.5, 12),), ((0, 1, 0),)))),
)
ENDERS = (
    st.builds(LegEnded, st.just(0), causes),
    st.builds(HangupAsked, causes, st.sampled_from(("", "API Request"))),
)


class Twist:
    """A draw that mostly answers what the call waits for, and sometimes anything at all."""

    def __init__(self, draw) -> None:
        self.draw = draw
        self.commands: list[Command] = []

    def event(self) -> Event:
        answers = [one for one in map(self._answer, self.commands[-12:]) if one is not None]
        if answers and self.draw(st.integers(0, 3)):
            return self.draw(st.sampled_from(answers))
        return self.draw(st.one_of(*EVENTS))

    def _answer(self, command: Command) -> Event | None:
        kind = type(command).__name__
        if kind == "Fetch":
            return DocumentFetched(command.fetch_id, self.draw(documents))
        if kind == "JoinRoom":
            version, phase = self.draw(st.integers(1, 9)), self.draw(phases)
            return RoomView(command.join_id, version, phase, "1", self.draw(whys))
        if kind in ("Speak", "Play"):
            return PromptFinished(command.prompt_id)
        if kind == "StartStream":
            return StreamEnded(command.stream_id)
        if kind == "StartTimer":
            return TimerFired(command.timer_id)
        if kind == "DialLeg":
            builders = (LegRinging, LegAnswered, LegEnded, lambda c: Digits("1", c))
            return self.draw(st.sampled_from(builders))(command.child)
        return LegAnswered() if kind == "CallOut" else None


@st.composite
def calls(draw) -> tuple[State, list[Event], list[State], list[Command]]:
    """A call after any number of events: its first state, events, states and commands."""
    direction = draw(st.sampled_from(("inbound", "outbound")))
    leg = Leg(
        direction,
        CALLER,
        "+13035550102",
        draw(st.sampled_from(("https://app.example.com/a#ct=1", "nowhere:1"))),
        fallback_url=draw(st.sampled_from(("", "https://app.example.com/f"))),
        ring_url=draw(st.sampled_from(("", "https://app.example.com/r"))),
        hangup_on_ring_seconds=draw(st.sampled_from((-1, -1, 0, 5))),
        machine=draw(st.sampled_from(("", "continue", "hangup"))),
        machine_url=draw(st.sampled_from(("", "https://app.example.com/m"))),
        document=draw(st.sampled_from(("", "", "<Response><Speak>ours</Speak></Response>"))),
        confirm_key=draw(st.sampled_from(("", "1"))),
        confirm_sound=draw(st.sampled_from(("", "https://app.example.com/k"))),
    )
    first = state = new_call(leg)
    twist = Twist(draw)
    happened: list[Event] = []
    states = [state]
    count = draw(st.integers(0, 25))
    for number in range(count):
        begins = IncomingCall() if direction == "inbound" else OutgoingCall()
        event = begins if number == 0 else twist.event()
        state, commands = step(state, event)
        happened.append(event)
        states.append(state)
        twist.commands += commands
    return first, happened, states, twist.commands


def legs_left_open(commands: list[Command], happened: list[Event]) -> set[int]:
    dialled = {one.child for one in commands if isinstance(one, DialLeg) and not one.refused_cause}
    hung_up = {one.child for one in commands if isinstance(one, HangupLeg)}
    gone = {one.child for one in happened if isinstance(one, LegEnded)}
    parted = [one for one in commands if isinstance(one, StoryNote) and one.kind == "leg_parted"]
    gone |= {dict(one.data)["child"] for one in parted}
    return dialled - hung_up - gone


def timers_left_running(commands: list[Command], happened: list[Event]) -> set[int]:
    started = {one.timer_id for one in commands if isinstance(one, StartTimer)}
    cancelled = {one.timer_id for one in commands if isinstance(one, CancelTimer)}
    fired = {one.timer_id for one in happened if isinstance(one, TimerFired)}
    return started - cancelled - fired


def recordings_left_running(commands: list[Command]) -> set[int]:
    """Those that the flow itself must end; the engine ends the others with the call."""
    blocking = [one for one in commands if isinstance(one, StartRecording)]
    started = {
        one.recording_id for one in blocking if not one.limit_seconds and not one.on_dial_answer
    }
    return started - {one.recording_id for one in commands if isinstance(one, StopRecording)}


@settings(max_examples=400, deadline=None)
@given(calls(), st.one_of(*ENDERS))
def test_every_call_ends_once_and_leaves_no_leg_no_timer_and_no_room_member_behind(call, ender):
    _, happened, states, commands = call
    state, last = step(states[-1], ender)
    everything = [*commands, *last]
    assert state.is_over
    assert [one for one in everything if isinstance(one, HangUp)] == [everything[-1]]
    assert legs_left_open(everything, happened) == set()
    assert timers_left_running(everything, happened) == set()
    assert recordings_left_running(everything) == set()
    assert (state.timers, state.activity) == ((), None)
    joined = [one.join_id for one in everything if isinstance(one, JoinRoom)]
    assert [one.join_id for one in everything if isinstance(one, LeaveRoom)] == joined


@settings(max_examples=200, deadline=None)
@given(calls())
def test_every_state_and_command_goes_to_json_and_back(call):
    _, happened, states, commands = call
    for state in states[-3:]:
        assert State.from_json(state.to_json()) == state
    for command in commands:
        assert Command.from_json(command.to_json()) == command
    for event in happened:
        assert Event.from_json(event.to_json()) == event


@settings(max_examples=200, deadline=None)
@given(calls())
def test_a_replayed_story_gives_the_same_state(call):
    first, happened, states, commands = call
    state, again = first, []
    for event in happened:
        # as the engine does it: every state goes through the database
        state, more = step(State.from_json(state.to_json()), Event.from_json(event.to_json()))
        again += more
    assert state == states[-1]
    assert again == commands


@settings(max_examples=200, deadline=None)
@given(calls())
def test_a_living_call_always_waits_for_something(call):
    _, happened, states, _ = call
    state = states[-1]
    if happened and not state.is_over:
        assert state.timers, "nothing would ever end this call"


@settings(max_examples=200, deadline=None)
@given(calls(), st.data())
def test_a_doubled_event_of_the_network_changes_nothing(call, data):
    """Answers, timers, prompts and ends of legs carry ids, so the second one is ignored."""
    _, happened, states, _ = call
    once = (
        DocumentFetched,
        FetchFailed,
        PromptFinished,
        StreamEnded,
        TimerFired,
        LegEnded,
        LegAnswered,
    )
    once = (*once, RoomView)
    doubled = [n for n, event in enumerate(happened) if isinstance(event, once)]
    if doubled:
        number = data.draw(st.sampled_from(doubled))
        after = states[number + 1]
        assert step(after, happened[number])[0] == after


@settings(max_examples=300, deadline=None)
@given(
    st.one_of(
        st.text(max_size=200),
        st.lists(
            st.sampled_from(
                ("<Response>", "</Response>", "<Speak>", "</Speak>", "<Dial>", "a", "&amp;", "<!--")
            ),
            max_size=20,
        ).map("".join),
    )
)
def test_any_text_is_a_document_or_a_named_refusal(text):
    try:
        parse(text.encode("utf-8", "surrogatepass"))
    except FlowXmlError as error:
        assert error.message


def test_an_unknown_tag_in_stored_json_is_refused():
    with pytest.raises(ValueError, match="Unknown value type"):
        State.from_json({"t": "Nothing"})
    with pytest.raises(ValueError, match="Expected State"):
        State.from_json(IncomingCall().to_json())


def test_a_field_a_newer_version_dropped_is_ignored():
    data = {**IncomingCall().to_json(), "gone": 1}
    assert Event.from_json(data) == IncomingCall()
