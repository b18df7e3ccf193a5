"""What requests carry: every route that takes something says what."""

from leveret.management.api import RESOURCES
from leveret.management.openapi.bodies import BODIES, BODILESS, one_of, shape

WRITING = {"PUT", "POST"}


def test_every_put_and_post_says_what_it_takes():
    silent = [
        (method, each.path)
        for each in RESOURCES
        for method in each.handlers
        if method in WRITING
        and method not in BODIES.get(each.path, {})
        and each.path not in BODILESS
    ]
    assert not silent


def test_nothing_is_described_that_is_no_route():
    known = {each.path: each.handlers for each in RESOURCES}
    assert not [path for path in {*BODIES, *BODILESS} if path not in known]
    assert not [path for path, by in BODIES.items() if not by.keys() <= known[path].keys()]


def test_a_shape_names_what_must_be_there():
    told = shape({"pattern": one_of("a", "b")}, priority={"type": "integer"})
    assert told["required"] == ["pattern"]
    assert told["properties"].keys() == {"pattern", "priority"}
    assert "required" not in shape(priority={})
