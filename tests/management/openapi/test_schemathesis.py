"""schemathesis asks what the description says may be asked, and holds the answers against it."""

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis.checks import not_a_server_error
from schemathesis.core.failures import FailureGroup
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from leveret import running
from leveret.management.api import RESOURCES

CHECKS = [status_code_conformance, content_type_conformance, response_schema_conformance]
# Generating takes most of the time, and what changes something is worth more of it.
READINGS, WRITINGS = 1, 3
STEADY = settings(
    database=None,
    deadline=None,
    derandomize=True,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)


@pytest.fixture(scope="module")
def api():
    """Where the API is: of a broker that may lose everything."""
    with running(management_port=0) as broker:
        yield f"{broker.management_url}/api"


def failure(operation, api):
    """What is wrong with the answers of one operation, if anything is."""
    # A check of the node's health says with 503 what it has found.
    is_check = operation.path.startswith("/health/checks/")
    checks = CHECKS if is_check else [*CHECKS, not_a_server_error]

    @settings(STEADY, max_examples=READINGS if operation.method == "get" else WRITINGS)
    @given(case=operation.as_strategy())
    def ask(case):
        login = ("guest", "guest")
        case.call_and_validate(base_url=api, auth=login, checks=checks, timeout=10)

    try:
        ask()
    except FailureGroup as group:
        return "\n".join([f"{operation.method} {operation.path}", *map(str, group.exceptions)])
    return None


@pytest.mark.slow
@pytest.mark.timeout(120)
def test_every_operation_answers_as_it_is_described(api):
    schema = schemathesis.openapi.from_url(f"{api}/openapi.json")
    operations = [found.ok() for found in schema.get_all_operations()]
    # The description itself is no more asked for: it came.
    assert len(operations) == sum(len(each.handlers) for each in RESOURCES) - 1
    failures = [told for each in operations if (told := failure(each, api))]
    assert not failures, "\n\n".join(failures)
