"""What of a broker is written down, and what is not."""

from leveret.broker.definitions.exporting import definitions_in, definitions_of
from leveret.broker.definitions.importing import import_into
from leveret.broker.permissions import EVERYTHING
from leveret.broker.queues.queue import QueueOptions
from tests.broker.definitions import entries
from tests.broker.definitions.entries import new_broker


def names(broker):
    return [str(each) for each in definitions_of(broker)]


def test_everything_that_would_be_made_again():
    broker = new_broker()
    import_into(broker, entries.everything())
    assert list(definitions_of(broker)) == entries.everything()


def test_what_every_vhost_has_by_itself_is_left_out():
    broker = new_broker()
    broker.add_vhost("/")
    assert names(broker) == ["vhost '/'"]


def test_what_a_restart_would_forget_is_in_it_as_in_rabbitmqs():
    broker = new_broker()
    passing = [entries.vhost(), entries.exchange(durable=False), entries.queue(durable=False)]
    import_into(broker, passing)
    assert list(definitions_of(broker)) == passing


def test_exclusive_queues_and_their_bindings_are_left_out():
    broker = new_broker()
    vhost = broker.add_vhost("/")
    user = broker.users.add("ada", "secret")
    broker.set_permission("ada", "/", EVERYTHING)
    access = broker.enter(user, "/", object())
    access.declare_queue("mine", QueueOptions(exclusive=True))
    access.bind_queue("mine", "amq.direct", "k", {})
    assert list(definitions_in(broker, vhost)) == []


def test_parameters_that_every_broker_has_its_own_of_are_left_out():
    broker = new_broker()
    for name in ("internal_cluster_id", "imported_definition_hash_value", "mine"):
        broker.parameters.set_global(name, "x")
    assert names(broker) == ["global parameter 'mine'"]


def test_one_vhost_alone():
    broker = new_broker()
    import_into(broker, [*entries.everything(), entries.vhost("b"), entries.queue("there", "b")])
    assert list(definitions_in(broker, broker.vhosts["b"])) == [entries.queue("there", "b")]
