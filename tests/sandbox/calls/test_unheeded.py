"""What of a document had no effect reaches the compatibility report."""

from __future__ import annotations

import pytest

from console.api.compat import report
from tests.sandbox.calls.conftest import call_in

pytestmark = pytest.mark.django_db


def test_unknown_and_unusable_attributes_are_counted(frozen, account, did, server):
    server.answers["/answer/"] = lambda got: (
        '<Response><Speak glitter="1" loop="99999">Hello</Speak></Response>'
    )
    call_in(account, frozen).live(60)
    lines = {(one.place, one.name): one.heeding for one in report(account=account)}
    assert lines == {("Speak", "glitter"): "Ignored", ("Speak", "loop"): "Partly honoured"}


def test_a_document_that_is_wholly_heeded_leaves_no_line(frozen, account, did, server):
    server.answers["/answer/"] = lambda got: "<Response><Speak>Hello</Speak></Response>"
    call_in(account, frozen).live(60)
    assert report(account=account) == []
