"""An entry becomes part of a broker, or is refused and nothing has changed."""

import pytest

from leveret.broker.definitions.exporting import definitions_of
from leveret.broker.definitions.making import binding_in, make, vhost_of
from leveret.broker.errors import NotFound, Refused
from tests.broker.definitions import entries
from tests.broker.definitions.entries import new_broker


@pytest.fixture
def broker():
    made = new_broker()
    made.add_vhost("/")
    made.users.add("eve", "secret")
    return made


def test_each_kind_of_entry_can_be_made():
    broker = new_broker()
    for entry in entries.everything():
        make(broker, entry)
    assert list(definitions_of(broker)) == entries.everything()


def test_a_plain_password_is_hashed(broker):
    make(broker, entries.user("bob", password="open", tags=frozenset({"management"})))
    assert broker.users.authenticate("bob", "open").tags == {"management"}


@pytest.mark.parametrize(
    ("entry", "reason"),
    [
        (entries.user(hashing_algorithm="rot13"), "rot13"),
        (entries.permission("nobody"), "nobody"),
        (entries.permission("eve", "nowhere"), "nowhere"),
        (entries.topic_permission("eve", write="("), "("),
        (entries.exchange(kind="x-nope"), "unknown exchange type 'x-nope'"),
        (entries.exchange(arguments={"alternate-exchange": 5}), "alternate-exchange"),
        (entries.exchange(place="nowhere"), "there is no vhost 'nowhere'"),
        (entries.queue(place="nowhere"), "there is no vhost 'nowhere'"),
        (entries.queue(arguments={"x-message-ttl": -1}), "value_negative"),
        (entries.binding("amq.direct", "nope"), "no queue 'nope'"),
        (entries.binding("nope", "amq.direct", "exchange"), "no exchange 'nope'"),
    ],
)
def test_what_cannot_be_is_refused(broker, entry, reason):
    before = list(definitions_of(broker))
    with pytest.raises(Refused) as refused:
        make(broker, entry)
    assert reason in str(refused.value)
    assert list(definitions_of(broker)) == before


def test_a_binding_that_its_exchange_cannot_use_is_refused(broker):
    make(broker, entries.queue())
    with pytest.raises(Refused, match="x-match"):
        make(broker, entries.binding("amq.headers", **{"x-match": "perhaps"}))


def test_the_vhost_and_the_binding_that_are_meant(broker):
    assert vhost_of(broker, "/") is broker.vhosts["/"]
    found = binding_in(broker.vhosts["/"], entries.binding("amq.direct", "amq.topic", "exchange"))
    assert (found.source.name, found.destination.name) == ("amq.direct", "amq.topic")
    with pytest.raises(NotFound):
        vhost_of(broker, "other")
