"""What a route says of itself."""

from leveret.management.answers import NO_CONTENT
from leveret.management.resource import ADMINISTRATOR, MANAGEMENT, Resource


def handler(_call):
    return NO_CONTENT


def test_methods_are_those_with_a_function():
    resource = Resource("/x", MANAGEMENT, "X.", get=handler, delete=handler)
    assert resource.handlers == {"GET": handler, "DELETE": handler}
    assert resource.allowed == "HEAD, GET, DELETE, OPTIONS"
    assert Resource("/x", MANAGEMENT, "X.", post=handler).allowed == "POST, OPTIONS"


def test_writing_may_need_more_than_reading():
    resource = Resource(
        "/x", MANAGEMENT, "X.", get=handler, put=handler, needs_to_write=ADMINISTRATOR
    )
    assert resource.needs_for("GET") is MANAGEMENT
    assert resource.needs_for("PUT") is ADMINISTRATOR
    assert Resource("/x", MANAGEMENT, "X.", put=handler).needs_for("PUT") is MANAGEMENT
