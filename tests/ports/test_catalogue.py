"""The port Catalogue: what every engine does with changes. What is compared is the broker that
comes out of it, as an engine is free to keep what has come to nothing, or not.
"""

from contextlib import closing

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leveret.broker.bindings import Binding
from leveret.broker.broker import Broker
from leveret.broker.errors import Refused
from leveret.broker.exchanges.exchange import ExchangeOptions
from leveret.broker.logins import Source
from leveret.broker.queues.queue import QueueOptions
from leveret.broker.restore import restore
from leveret.storage.catalogue import CatalogueFile
from tests.broker.domain import HandAgenda, HandClock, random_bytes
from tests.broker.fake_storage import FakeEngine
from tests.broker.furnished import drop_what_passes, furnish, picture
from tests.ports.samples import ALL, END_NAMES, ENDS
from tests.storage.hand import World


class InMemory:
    """The fake, on which everything is durable as soon as it was told."""

    def __init__(self, _directory, engine=None):
        self._engine = engine or FakeEngine(HandAgenda())
        self.storage = self._engine.storage

    def run(self):
        self._engine.durability.sync()

    def restarted(self):
        return InMemory(None, self._engine.restarted())

    def close(self):
        pass


class OnDisk:
    """The engine on this machine's disk, with a real catalogue and a log in memory."""

    def __init__(self, directory, disk=None):
        self._directory = directory
        self._file = CatalogueFile(directory / "metadata.sqlite", is_synced=False)
        self._world = World(disk, self._file)
        self.storage = self._world.open().storage

    def run(self):
        self._world.pass_time(1)

    def restarted(self):
        self.close()
        return OnDisk(self._directory, self._world.disk)

    def close(self):
        self._file.close()


ENGINES = [InMemory, OnDisk]


@pytest.fixture(params=ENGINES, ids=lambda engine: engine.__name__)
def engine(request, tmp_path):
    """The engine of a first start."""
    with closing(request.param(tmp_path)) as engine:
        yield engine


def restart(engine):
    engine.run()
    return engine.restarted()


def restored(engine):
    """A broker on what the engine has."""
    broker = Broker(HandClock(), random_bytes(), storage=engine.storage)
    broker.restore()
    return broker


def commit(engine, *changes):
    for change in changes:
        engine.storage.catalogue.commit(change)


def meaning(changes):
    """The picture of the broker that these changes make, in the plain way."""
    broker = Broker(HandClock(), random_bytes())
    for change in changes:
        restore(broker, change)
    return picture(broker)


def test_a_new_catalogue_is_empty(engine):
    assert list(engine.storage.catalogue.load()) == []
    assert restored(engine).restore() is False


def test_everything_comes_back_in_its_order(engine):
    commit(engine, *ALL)
    with closing(restart(engine)) as later:
        assert picture(restored(later)) == meaning(ALL)


@pytest.mark.parametrize("parts", ["in one batch", "in two"])
@pytest.mark.parametrize(("end", "_gone"), ENDS, ids=END_NAMES)
def test_what_goes_takes_along_what_hangs_on_it(engine, end, _gone, parts):
    commit(engine, *ALL)
    if parts == "in two":
        engine.run()
    commit(engine, end)
    with closing(restart(engine)) as later:
        assert picture(restored(later)) == meaning([*ALL, end])


def test_many_restarts_change_nothing(engine):
    commit(engine, *ALL)
    for _ in range(3):
        engine = restart(engine)
    with closing(engine):
        assert picture(restored(engine)) == meaning(ALL)


def test_a_change_is_not_to_be_answered_before_it_is_durable(engine):
    durability = engine.storage.durability
    before = durability.demands
    safe = []
    for number, change in enumerate(ALL[:3], start=1):
        commit(engine, change)
        assert durability.demands > before
        before = durability.demands
        durability.when_durable(lambda number=number: safe.append(number))
    assert safe == []
    engine.run()
    assert safe == [1, 2, 3]


def test_a_later_start_gives_queues_new_numbers(engine):
    broker = restored(engine)
    vhost = broker.add_vhost("/")
    durable = QueueOptions(durable=True)
    numbers = [vhost.create_queue(name, durable, None).number for name in "abc"]
    vhost.remove_queue(vhost.queue("c"))
    with closing(restart(engine)) as later:
        vhost = restored(later).vhosts["/"]
        assert vhost.create_queue("c", durable, None).number > max(numbers)


def test_a_broker_is_after_a_restart_as_the_durable_part_of_it_was(engine):
    broker = restored(engine)
    furnish(broker)
    drop_what_passes(broker.vhosts["/"])
    with closing(restart(engine)) as later:
        again = restored(later)
        assert picture(again) == picture(broker)
        assert again.logins.with_password("bob", "other", Source())


# Any life ----------------------------------------------------------------------------------------

NAMES = st.sampled_from(["a", "b", "c"])
SOURCES = st.sampled_from(["a", "b", "c", "amq.topic"])
FLAGS = st.booleans()
KEYS = st.sampled_from(["", "k"])


def declare_exchange(vhost, name, durable, auto_delete):
    vhost.declare_exchange(name, "fanout", ExchangeOptions(durable, auto_delete))


def delete_exchange(vhost, name):
    vhost.delete_exchange(name, if_unused=False)


def declare_queue(vhost, name, durable, exclusive):
    if name not in vhost.queues:
        owner = vhost if exclusive else None
        vhost.create_queue(name, QueueOptions(durable, exclusive), owner)


def delete_queue(vhost, name):
    vhost.remove_queue(vhost.queue(name))


def bind(vhost, source, kind, name, key):
    destination = vhost.queue(name) if kind == "queue" else vhost.exchange(name)
    vhost.bind(Binding(vhost.exchange(source), destination, key))


def unbind(vhost, source, kind, name, key):
    destination = vhost.queue(name) if kind == "queue" else vhost.exchange(name)
    vhost.unbind(Binding(vhost.exchange(source), destination, key))


KINDS = st.sampled_from(["queue", "exchange"])
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just(declare_exchange), NAMES, FLAGS, FLAGS),
        st.tuples(st.just(delete_exchange), NAMES),
        st.tuples(st.just(declare_queue), NAMES, FLAGS, FLAGS),
        st.tuples(st.just(delete_queue), NAMES),
        st.tuples(st.just(bind), SOURCES, KINDS, NAMES, KEYS),
        st.tuples(st.just(unbind), SOURCES, KINDS, NAMES, KEYS),
    ),
    max_size=60,
)


def take(vhost, verb, *names):
    try:
        verb(vhost, *names)
    except Refused:
        """It was not there, or was there and other."""


@pytest.mark.parametrize("kind", ENGINES, ids=lambda engine: engine.__name__)
@given(lives=st.lists(STEPS, min_size=1, max_size=3))
def test_whatever_happened_a_restart_brings_back_what_was_durable(kind, lives, tmp_path_factory):
    engine = kind(tmp_path_factory.mktemp("life"))
    for steps in lives:
        broker = restored(engine)
        vhost = broker.add_vhost("/")
        for step in steps:
            take(vhost, *step)
        engine.run()
        before = durable_part(broker)
        engine = engine.restarted()
        assert durable_part(restored(engine)) == before
    engine.close()


def durable_part(broker):
    """What has to come back: whole things, and bindings between two of them."""
    vhost = broker.vhosts["/"]
    exchanges = [each for each in vhost.exchanges.values() if each.options.durable]
    queues = [
        each
        for each in vhost.queues.values()
        if each.options.durable and not each.options.exclusive
    ]
    kept = {*exchanges, *queues}
    bindings = [each for exchange in exchanges for each in exchange.bindings]
    return (
        [(each.name, each.options) for each in exchanges],
        [(each.name, each.number) for each in queues],
        [(each.source.name, each.key) for each in bindings if each.destination in kept],
    )
