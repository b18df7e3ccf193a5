"""What hash and chance give each queue, on both brokers: the shares, not the single message."""

from collections import Counter
from collections.abc import Callable, Iterator

import pika
import pytest
from pika.adapters.blocking_connection import BlockingChannel

from tests.brokers import Endpoint

COUNT = 3000


@pytest.fixture
def channel(broker: Endpoint) -> Iterator[BlockingChannel]:
    with pika.BlockingConnection(pika.URLParameters(broker.url)) as connection:
        yield connection.channel()


class Shares:
    """An exchange, queues bound to it under these keys, and how many messages each has got."""

    def __init__(self, channel: BlockingChannel, unique: Callable[[str], str]) -> None:
        self.channel = channel
        self.name = unique("x")
        self.queues: dict[str, str] = {}

    def exchange(self, kind: str, **arguments: object) -> None:
        table = {name.replace("_", "-"): value for name, value in arguments.items()}
        self.channel.exchange_declare(self.name, kind, auto_delete=True, arguments=table)

    def bind(self, **keys: str) -> None:
        for name, key in keys.items():
            if name not in self.queues:
                made = self.channel.queue_declare("", exclusive=True)
                self.queues[name] = made.method.queue
            self.channel.queue_bind(self.queues[name], self.name, key)

    def publish(self, key: str, **properties: object) -> None:
        self.channel.basic_publish(self.name, key, b"", pika.BasicProperties(**properties))

    def taken(self) -> Counter[str]:
        """What each queue holds, which is then purged."""
        self.channel.connection.process_data_events()
        return Counter(
            {
                name: self.channel.queue_purge(queue).method.message_count
                for name, queue in self.queues.items()
            }
        )

    def owner(self, key: str, **properties: object) -> str:
        """The one queue that a message goes to."""
        self.publish(key, **properties)
        ((name, count),) = (+self.taken()).items()
        assert count == 1
        return name


@pytest.fixture
def shares(channel: BlockingChannel, unique: Callable[[str], str]) -> Shares:
    return Shares(channel, unique)


@pytest.mark.parametrize("kind", ["x-consistent-hash", "x-modulus-hash", "x-random"])
def test_three_queues_get_a_third_each(shares: Shares, kind: str) -> None:
    shares.exchange(kind)
    shares.bind(a="1", b="1", c="1")
    for number in range(COUNT):
        shares.publish(f"order-{number}")
    found = shares.taken()
    assert sum(found.values()) == COUNT
    assert all(COUNT / 3 * 0.8 < share < COUNT / 3 * 1.2 for share in found.values())


def test_a_weight_is_a_share(shares: Shares) -> None:
    shares.exchange("x-consistent-hash")
    shares.bind(light="1", heavy="4")
    for number in range(COUNT):
        shares.publish(f"order-{number}")
    assert 0.75 < shares.taken()["heavy"] / COUNT < 0.85


@pytest.mark.parametrize("kind", ["x-modulus-hash", "x-random"])
def test_a_queue_bound_three_times_has_three_shares(shares: Shares, kind: str) -> None:
    shares.exchange(kind)
    for key in "123":
        shares.bind(often=key)
    shares.bind(once="4")
    for number in range(COUNT):
        shares.publish(f"order-{number}")
    assert 0.7 < shares.taken()["often"] / COUNT < 0.8


@pytest.mark.parametrize("kind", ["x-consistent-hash", "x-modulus-hash"])
def test_one_key_leads_to_one_queue(shares: Shares, kind: str) -> None:
    shares.exchange(kind)
    shares.bind(a="1", b="1", c="1")
    for key in ("ada", "bob", ""):
        assert len({shares.owner(key) for _ in range(3)}) == 1


@pytest.mark.parametrize("kind", ["x-consistent-hash", "x-modulus-hash", "x-random"])
def test_copies_go_nowhere_else(shares: Shares, kind: str) -> None:
    shares.exchange(kind)
    shares.bind(a="1", b="1", c="1")
    for number in range(5):
        assert shares.owner(f"k{number}", headers={"CC": ["x", "y"], "BCC": ["z"]})


def test_a_header_can_be_hashed(shares: Shares) -> None:
    shares.exchange("x-consistent-hash", hash_header="customer")
    shares.bind(a="1", b="1", c="1")
    for customer in ("ada", "bob"):
        found = {shares.owner(key, headers={"customer": customer}) for key in "xyz"}
        assert len(found) == 1
    assert len({shares.owner(key) for key in "xyz"}) == 1
    for number in range(100):
        shares.publish("k", headers={"customer": f"customer-{number}"})
    assert len(+shares.taken()) == 3


@pytest.mark.parametrize("name", ["message_id", "correlation_id", "timestamp"])
def test_a_property_can_be_hashed(shares: Shares, name: str) -> None:
    shares.exchange("x-consistent-hash", hash_property=name)
    shares.bind(a="1", b="1", c="1")
    is_number = name == "timestamp"
    assert len({shares.owner(key, **{name: 7 if is_number else "ada"}) for key in "xyz"}) == 1
    assert len({shares.owner(key) for key in "xyz"}) == 1
    for number in range(100):
        shares.publish("k", **{name: number if is_number else f"id-{number}"})
    assert len(+shares.taken()) == 3


def test_a_queue_that_comes_takes_its_share_only(shares: Shares) -> None:
    shares.exchange("x-consistent-hash")
    shares.bind(a="1", b="1", c="1", d="1")
    keys = [f"order-{number}" for number in range(60)]
    before = {key: shares.owner(key) for key in keys}
    shares.bind(new="1")
    moved = {key: name for key in keys if (name := shares.owner(key)) != before[key]}
    assert set(moved.values()) <= {"new"}
    assert 2 <= len(moved) <= 24
