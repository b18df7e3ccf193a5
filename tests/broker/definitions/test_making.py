"""An entry becomes part of a broker, or is refused and nothing has changed."""

import pytest

from leveret.broker.definitions.document import DefinedUser, DefinedVhost
from leveret.broker.definitions.exporting import definitions_of
from leveret.broker.definitions.making import binding_in, make, vhost_of
from leveret.broker.errors import NotFound, Refused
from leveret.broker.vhost_metadata import VhostMetadata
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


def test_limits_take_the_place_of_those_before(broker):
    make(broker, entries.user(limits={"max-connections": 5}))
    make(broker, entries.user(limits={"max-channels": 6}))
    assert broker.limits.of_user("ada") == {"max-channels": 6}
    make(broker, DefinedUser(broker.users.get("ada")))
    assert broker.limits.of_user("ada") == {"max-channels": 6}
    make(broker, entries.user())
    assert broker.limits.of_user("ada") == {}


def test_what_is_said_of_a_vhost_changes_what_is_known_of_it(broker):
    make(broker, entries.vhost("/", "what for", ("prod",), "quorum"))
    make(broker, DefinedVhost("/", tags=("test",)))
    assert broker.vhosts["/"].metadata == VhostMetadata("what for", ("test",), "quorum")


def test_the_firehose_goes_on_and_off(broker):
    for is_on in (True, True, False):
        make(broker, DefinedVhost("/", tracing=is_on))
        make(broker, DefinedVhost("/"))
        assert (broker.vhosts["/"].firehose is not None) is is_on


def test_a_policy_reaches_what_is_there(broker):
    make(broker, entries.queue())
    make(broker, entries.policy(max_length=7))
    assert broker.vhosts["/"].queues["jobs"].rules.max_length == 7


@pytest.mark.parametrize(
    ("entry", "reason"),
    [
        (entries.user(hashing_algorithm="rot13"), "rot13"),
        (entries.permission("nobody"), "nobody"),
        (entries.permission("eve", "nowhere"), "nowhere"),
        (entries.topic_permission("eve", write="("), "("),
        (entries.user(limits={"max-dogs": 5}), "max-dogs"),
        (entries.vhost("new", default_queue_type="fast"), "invalid_queue_type"),
        (entries.policy(pattern="("), "pattern should be regular expression"),
        (entries.policy(colour=5), "not recognised policy settings"),
        (entries.policy(place="nowhere"), "there is no vhost 'nowhere'"),
        (entries.operator_policy(definition={"colour": 5}), "not recognised"),
        (entries.vhost_limits(max_dogs=5), "max-dogs"),
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
    if not isinstance(entry, DefinedUser):
        # A user is two things, and comes before its limits; a rehearsal is there for that.
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
