"""What the broker refuses, as HTTP says it."""

import pytest

from leveret.broker.errors import AccessRefused, NotFound, PreconditionFailed, Unavailable, Undone
from leveret.management.answers import BadRequest
from leveret.management.refusals import body, erlang_list, translated


@pytest.mark.parametrize(
    ("error", "status", "told"),
    [
        (BadRequest("x"), 400, {"error": "bad_request", "reason": "x"}),
        (PreconditionFailed("in use"), 400, {"error": "bad_request", "reason": "in use"}),
        (NotFound("no queue"), 404, {"error": "not_found", "reason": "no queue"}),
        (Unavailable("few"), 503, {"error": "service_unavailable", "reason": "few"}),
        (Undone("gone"), 503, {"error": "service_unavailable", "reason": "gone"}),
        (AccessRefused("secret"), 401, {"error": "not_authorised", "reason": "Access refused."}),
    ],
)
def test_each_kind_has_its_status(error, status, told):
    refused = translated(error)
    assert (refused.status, body(refused)) == (status, told)


def test_a_long_list_has_a_line_for_each_term():
    assert erlang_list(["a", "b"]) == "[a,b]"
    assert erlang_list(["a" * 50, "b" * 50]) == f"[{'a' * 50},\n {'b' * 50}]"
