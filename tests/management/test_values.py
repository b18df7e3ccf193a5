"""Values of a request's body."""

import pytest

from leveret.management import values
from leveret.management.answers import BadRequest


def test_what_is_as_it_must_be_is_given_back():
    assert values.text("x", "told") == "told"
    assert values.mapping("x", {"a": 1}) == {"a": 1}
    assert values.parameter({"a": [None]}) == {"a": [None]}
    assert values.name("x" * 255) == "x" * 255


@pytest.mark.parametrize(
    ("look", "told"),
    [
        (lambda told: values.text("x", told), 3),
        (lambda told: values.mapping("x", told), []),
        (values.parameter, [[]] * 2 + [2**70]),
        (values.name, "x" * 256),
    ],
)
def test_what_is_not_is_refused(look, told):
    with pytest.raises(BadRequest):
        look(told)
