"""What the OpenAPI document promises, tried on the running stack by schemathesis.

Never a 500, never an answer that the document does not know.
"""

from __future__ import annotations

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from console.api import catalog
from tests.sdk.conftest import customer

pytestmark = pytest.mark.stack
EXAMPLES = 8
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]
SCHEMA = schemathesis.openapi.from_dict(catalog.document())
OPERATIONS = {
    one.ok().definition.raw["operationId"]: one.ok() for one in SCHEMA.get_all_operations()
}


@pytest.fixture(scope="module")
def caller(sdk_stack):
    """A trial account: whatever is made up, the fence lets nothing out."""
    return customer(sdk_stack, "schemathesis", plan="trial")


def test_the_committed_document_is_up_to_date():
    assert catalog.FILE.read_text() == catalog.written()


def test_every_operation_stands_in_the_document():
    assert set(OPERATIONS) == {route.operation.name for route in catalog.routes()}


@pytest.mark.parametrize("name", sorted(OPERATIONS))
def test_answers_are_as_the_document_says(name, caller):
    operation = OPERATIONS[name]

    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        database=None,
        derandomize=True,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy())
    def try_it(case):
        if "auth_id" in case.path_parameters:
            case.path_parameters["auth_id"] = caller.auth_id
        answer = case.call(
            base_url=caller.stack.url, auth=(caller.auth_id, caller.token), timeout=120
        )
        case.validate_response(answer, checks=CHECKS)

    try_it()
