"""Events, as they are shown."""

from types import SimpleNamespace

import pytest

from leveret.broker.events import Event, given
from leveret.management.views.events import EVENT


def look_of(*tags):
    return SimpleNamespace(user=SimpleNamespace(tags=frozenset(tags)), node="oak")


def test_an_event():
    happened = Event(1.5, "queue.deleted", "alice", given, {"name": "q", "vhost": "/"})
    assert EVENT.render(happened, look_of("monitoring")) == {
        "time": 1500,
        "name": "queue.deleted",
        "by": "alice",
        "fields": {"name": "q", "vhost": "/"},
        "node": "oak",
    }


@pytest.mark.parametrize(
    ("tag", "fields"),
    [("monitoring", {"name": "far"}), ("administrator", {"value": "secret", "name": "far"})],
)
def test_who_sees_the_value_of_a_parameter(tag, fields):
    happened = Event(1.5, "parameter.set", "", given, {"value": "secret", "name": "far"})
    assert EVENT.value(happened, look_of(tag), "fields") == fields
