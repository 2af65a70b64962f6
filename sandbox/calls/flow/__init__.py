"""The call flow: documents parsed, events turned into states and commands. Nothing else.

No Django, no clock, no randomness, no network. The engine around it drives one call like this:

    state = new_call(Leg(direction="inbound", from_number=…, to_number=…, answer_url=…))
    state, commands = step(state, IncomingCall())

For each event, in one transaction: read the call's row for update, `State.from_json`, `step`,
store `to_json` of the state and of the event, and turn every command into rows and outbox rows
under the key (call, id of the command). Events may be late, doubled or out of order.

* `Fetch` is answered with `document_event(fetch_id, body)` for a 2xx reply, otherwise with
  `FetchFailed`. A fetch whose outbox row dies must still be answered with `FetchFailed`, else the
  call waits until its time limit.
* `Speak` and `Play` are answered with `PromptFinished`, by the line driver or by a timer over the
  estimate; `loop` 0 never. `StartTimer` is answered with `TimerFired` after that much call time.
* `StartStream` is answered with `StreamEnded`, whatever became of it.
* `DialLeg` is answered with `LegRinging`, `LegAnswered`, `LegEnded` of its `child`; a refusal of
  the fence is a `LegEnded` with its cause. With `refused_cause` only the record is written.
* `CallOut` (outbound) is answered the same way with `child` 0.
* `HangUp` comes last and once: write the record, tell the hangup URL.
* `StoryNote`s are the story, with line and column in the current document. Keys pressed while
  `hides_digits(state)` must not be shown, and the parameters of `Fetch.secret` neither.

Texts of `Speak` pass through untouched, so the platform's own documents may hold placeholders
that the engine fills in when it writes the caption; their URLs use a scheme of `Leg.schemes`.

A new verb is one module and one entry in `verbs.VERBS`; a new kind of event is one class in
`events`, one handler in `step`, and a method of `base.Activity` where activities care.
"""

from .causes import CAUSES, Cause, call_state, call_status, cause
from .document import Document
from .errors import FlowXmlError
from .events import document_event
from .parse import parse
from .state import Leg, State, new_call
from .step import bridged_child, hides_digits, step

__all__ = [
    "CAUSES",
    "Cause",
    "Document",
    "FlowXmlError",
    "Leg",
    "State",
    "bridged_child",
    "call_state",
    "call_status",
    "cause",
    "document_event",
    "hides_digits",
    "new_call",
    "parse",
    "step",
]
