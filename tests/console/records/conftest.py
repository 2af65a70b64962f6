"""Call records for the tests."""

from __future__ import annotations

import uuid
from datetime import timedelta

import pytest

from console.core.randomness import new_uuid
from console.records import services
from console.records.models import Cdr


@pytest.fixture
def write(account, frozen):
    """Writes a record of an answered inbound call of one minute; columns can be given."""

    def write_one(**given) -> Cdr:
        start = frozen.now() - timedelta(minutes=5)
        facts = {
            "call_uuid": new_uuid(),
            "account": account,
            "leg": "A",
            "direction": "inbound",
            "state": "ANSWER",
            "from_number": "+14155550100",
            "to_number": "+14155550123",
            "initiated_at": start,
            "answered_at": start + timedelta(seconds=5),
            "ended_at": start + timedelta(seconds=65),
            "duration": 60,
            "billed_duration": 60,
            "rate": "0.01200",
            "amount": "0.01200",
            "hangup_code": 4000,
            "hangup_name": "Normal Hangup",
            "hangup_source": "Caller",
            **given,
        }
        assert services.write_cdr(**facts)
        return Cdr.objects.get(call_uuid=uuid.UUID(str(facts["call_uuid"])))

    return write_one
