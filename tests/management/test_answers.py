"""Refusals say what they are."""

import pytest

from leveret.management.answers import BadRequest, HttpRefused, NotAuthorised, NotThere


@pytest.mark.parametrize(
    ("refused", "status", "error", "reason"),
    [
        (BadRequest("not_json"), 400, "bad_request", "not_json"),
        (NotThere(), 404, "Object Not Found", "Not Found"),
        (NotThere("not_found", "vhost_not_found"), 404, "not_found", "vhost_not_found"),
        (NotAuthorised("Not monitor user"), 401, "not_authorised", "Not monitor user"),
        (HttpRefused(413, "payload_too_large", "x"), 413, "payload_too_large", "x"),
    ],
)
def test_a_refusal_is_a_status_an_error_and_a_reason(refused, status, error, reason):
    assert (refused.status, refused.error, refused.reason) == (status, error, reason)
    assert str(status) in str(refused)
