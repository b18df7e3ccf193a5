"""Dead letters on their way: never lost, never round in circles."""

import dataclasses
import inspect
import sys

import pytest

from leveret.broker.bindings import Binding
from leveret.broker.dead_letters import DEATHS_MAX, RETRY_S
from leveret.broker.exchanges.exchange import ExchangeOptions
from leveret.broker.keeper import Keeper
from leveret.broker.queues.queue import QueueOptions
from leveret.broker.vhost import Vhost
from leveret.wire.properties import Properties
from tests.broker.domain import Subscriber, bodies, message, paging, publish_stored, random_bytes
from tests.broker.fake_storage import FakeEngine


@pytest.fixture
def engine(agenda):
    return FakeEngine(agenda)


@pytest.fixture
def vhost(agenda, engine):
    return Vhost("/", agenda, random_bytes(), Keeper(engine.storage), paging(engine))


@pytest.fixture
def create(vhost):
    def make(name, exchange=None, key=None, *, durable=False, **arguments):
        table = {f"x-{each.replace('_', '-')}": value for each, value in arguments.items()}
        if exchange is not None:
            table["x-dead-letter-exchange"] = exchange
        if key is not None:
            table["x-dead-letter-routing-key"] = key
        return vhost.create_queue(name, QueueOptions(durable=durable, arguments=table), None)

    return make


def reject(queue, *, count=1):
    queue.reject([queue.get()[0] for _ in range(count)])


def waiting(queue):
    found = []
    while (taken := queue.get()) is not None:
        found.append(taken[0])
    return found


def deaths(letter):
    return [(each["queue"], each["reason"], each["count"]) for each in letter.headers["x-death"]]


def test_what_goes_round_for_ever_leaves_others_their_turns(create, agenda):
    """Rejected once, and pushed out from then on: RabbitMQ keeps such a message going, too."""
    one, two = create("one", "", "two", max_length=0), create("two", "", "one", max_length=0)
    consumer, rescuer = Subscriber(one), Subscriber(two)
    one.subscribe(consumer)
    one.consumers.resume(consumer)
    one.publish(message("a", key="one"))
    one.unsubscribe(consumer)
    one.reject(consumer.held)
    agenda.run()
    assert agenda.next_deadline() is not None
    two.subscribe(rescuer)
    two.consumers.resume(rescuer)
    agenda.run()
    assert rescuer.got == ["a"]
    assert agenda.next_deadline() is None


def test_a_dead_message_goes_where_its_queue_says(create):
    jobs, dead = create("jobs", "", "dead"), create("dead")
    jobs.publish(message("a", key="jobs"))
    reject(jobs)
    (letter,) = waiting(dead)
    assert bodies([letter]) == ["a"]
    assert deaths(letter) == [("jobs", "rejected", 1)]
    assert (letter.exchange, letter.routing_key) == ("", "dead")


def test_several_keep_their_order(create):
    jobs, dead = create("jobs", "", "dead"), create("dead")
    for body in "abc":
        jobs.publish(message(body))
    reject(jobs, count=3)
    assert bodies(waiting(dead)) == ["a", "b", "c"]


def test_without_a_key_of_its_own_it_keeps_its_keys_and_copies(vhost, create):
    jobs, first, second = create("jobs", "dlx"), create("first"), create("second")
    dlx = vhost.declare_exchange("dlx", "direct", ExchangeOptions())
    vhost.bind(Binding(dlx, first, "k"))
    vhost.bind(Binding(dlx, second, "copy"))
    jobs.publish(message("a", key="k", properties=Properties(headers={"CC": ["copy"]})))
    reject(jobs)
    assert bodies(waiting(first) + waiting(second)) == ["a", "a"]


def test_to_an_exchange_that_is_not_there_it_is_gone(create, engine):
    jobs = create("jobs", "missing", durable=True)
    publish_stored(engine.messages, "a", jobs)
    reject(jobs)
    assert not engine.messages.kept


def test_the_letter_is_stored_before_the_message_is_let_go(create, engine):
    jobs, dead = create("jobs", "", "dead", durable=True), create("dead", durable=True)
    old = publish_stored(engine.messages, "a", jobs)
    order = []
    engine.messages.append, append = (
        lambda *said: (order.append("new"), append(*said)),
        (engine.messages.append),
    )
    engine.messages.settle, settle = (
        lambda *said: (order.append("old"), settle(*said)),
        (engine.messages.settle),
    )
    old.content = message("a", properties=Properties(delivery_mode=2)).content
    reject(jobs)
    assert order == ["new", "old"]
    (letter,) = waiting(dead)
    assert list(engine.messages.kept) == [letter.position]
    assert letter.position > old.position


def test_a_circle_without_a_rejection_ends(create):
    jobs, back = create("jobs", "", "back", max_length=0), create("back", "", "jobs", max_length=0)
    jobs.publish(message("a"))
    assert not waiting(jobs) + waiting(back)


def test_a_circle_with_a_rejection_goes_on(create):
    jobs, retry = create("jobs", "", "retry"), create("retry", "", "jobs", message_ttl=0)
    jobs.publish(message("a"))
    for count in (1, 2, 3):
        reject(jobs)
        (letter,) = [jobs.ready.heads().__iter__().__next__()]
        assert deaths(letter) == [("retry", "expired", count), ("jobs", "rejected", count)]
    assert not waiting(retry)


def test_a_rejected_message_may_come_back_to_its_own_queue(create):
    jobs = create("jobs", "", "jobs")
    jobs.publish(message("a"))
    reject(jobs)
    (letter,) = waiting(jobs)
    assert deaths(letter) == [("jobs", "rejected", 1)]


def test_a_chain_of_queues_ends_before_its_headers_outgrow_a_frame(create):
    end = create("end")
    deaths = [{"queue": f"q{number}", "reason": "maxlen"} for number in range(DEATHS_MAX)]
    far = create("far", "", "end", max_length=0)
    for count, arrives in ((DEATHS_MAX - 1, 1), (DEATHS_MAX, 0)):
        far.publish(message("a", properties=Properties(headers={"x-death": deaths[:count]})))
        assert len(waiting(end)) == arrives


def test_a_chain_is_no_recursion(create):
    """Each queue overflows into the next while the first still publishes."""
    for number in range(DEATHS_MAX):
        create(f"q{number}", "", f"q{number + 1}", max_length=0)
    last = create(f"q{DEATHS_MAX}")
    limit = sys.getrecursionlimit()
    sys.setrecursionlimit(len(inspect.stack()) + 60)
    try:
        create("first", "", "q1", max_length=0).publish(message("a"))
    finally:
        sys.setrecursionlimit(limit)
    assert len(waiting(last)) == 1


def test_the_dead_may_be_refused_as_well(create, engine):
    jobs = create("jobs", "", "full", durable=True)
    full = create("full", max_length=0, overflow="reject-publish", durable=True)
    publish_stored(engine.messages, "a", jobs)
    reject(jobs)
    assert not waiting(full)
    assert not engine.messages.kept


def test_a_death_has_its_time(create, agenda):
    jobs, dead = create("jobs", "", "dead"), create("dead")
    jobs.publish(message("a"))
    agenda.pass_time(5.5)
    reject(jobs)
    assert waiting(dead)[0].headers["x-death"][0]["time"] == 1005


# Insisting --------------------------------------------------------------------------------------


def insisting(create, **arguments):
    return create(
        "jobs",
        "",
        "dead",
        durable=True,
        queue_type="quorum",
        overflow="reject-publish",
        dead_letter_strategy="at-least-once",
        **arguments,
    )


def test_a_queue_that_insists_keeps_its_dead_until_there_is_a_way(create, engine, agenda, vhost):
    jobs = insisting(create)
    kept = publish_stored(engine.messages, "a", jobs)
    reject(jobs)
    assert kept.position in engine.messages.kept
    agenda.pass_time(5)
    dead = create("dead", max_length=0, overflow="reject-publish")
    agenda.pass_time(RETRY_S)
    assert kept.position in engine.messages.kept, "the next queue has no place for it"
    vhost.remove_queue(dead)
    dead = create("dead")
    agenda.pass_time(RETRY_S)
    (letter,) = waiting(dead)
    assert deaths(letter) == [("jobs", "rejected", 1)]
    assert letter.headers["x-death"][0]["time"] == 1000
    assert not engine.messages.kept
    assert agenda.next_deadline() is None


def test_it_waits_for_its_exchange_as_well(create, engine, agenda, vhost):
    dead = create("dead")
    other = create("other", "dlx", durable=True, queue_type="quorum", overflow="reject-publish",
                   dead_letter_strategy="at-least-once")  # fmt: skip
    publish_stored(engine.messages, "a", other)
    reject(other)
    agenda.pass_time(RETRY_S)
    dlx = vhost.declare_exchange("dlx", "fanout", ExchangeOptions())
    vhost.bind(Binding(dlx, dead, ""))
    agenda.pass_time(RETRY_S)
    assert bodies(waiting(dead)) == ["a"]


def test_a_circle_ends_also_for_one_that_insists(create, engine):
    jobs = create("jobs", "", "jobs", durable=True, queue_type="quorum", message_ttl=0,
                  overflow="reject-publish", dead_letter_strategy="at-least-once")  # fmt: skip
    publish_stored(engine.messages, "a", jobs)
    assert not engine.messages.kept


def test_with_the_queue_go_the_dead_it_kept(create, engine, agenda, vhost):
    jobs = insisting(create)
    publish_stored(engine.messages, "a", jobs)
    reject(jobs)
    vhost.remove_queue(jobs)
    agenda.pass_time(RETRY_S)
    assert agenda.next_deadline() is None
    assert not engine.messages.kept


class Waiting:
    """Moves that end when a test says so."""

    def __init__(self):
        self.leaving = []

    def begin_move(self):
        """It is about to go."""

    def end_move(self, leaving):
        self.leaving.append(leaving)


@pytest.fixture
def moves():
    return Waiting()


@pytest.fixture
def dead(agenda, engine, moves):
    """A queue in which a stored message has just died, and where it went."""
    keeper = Keeper(dataclasses.replace(engine.storage, moves=moves))
    vhost = Vhost("/", agenda, random_bytes(), keeper, paging(engine))
    table = {"x-dead-letter-exchange": "", "x-dead-letter-routing-key": "morgue"}
    jobs = vhost.create_queue("jobs", QueueOptions(durable=True, arguments=table), None)
    morgue = vhost.create_queue("morgue", QueueOptions(durable=True), None)
    publish_stored(engine.messages, "a", jobs)
    reject(jobs)
    return jobs, morgue


def test_the_old_queue_lets_go_when_the_letter_is_safe(dead, engine, moves):
    jobs, morgue = dead
    (leaving,) = moves.leaving
    assert engine.messages.positions(jobs.number) == [leaving.position]
    leaving.done()
    assert engine.messages.positions(jobs.number) == []
    assert bodies(waiting(morgue)) == ["a"]


def test_a_letter_that_may_be_lost_is_sent_again(dead, engine, moves, agenda):
    jobs, morgue = dead
    moves.leaving.pop().again()
    (held,) = jobs._home.bury.__self__.held(jobs)
    assert held.body == b"a"
    agenda.pass_time(RETRY_S)
    (leaving,) = moves.leaving
    leaving.done()
    assert engine.messages.positions(jobs.number) == []
    assert bodies(waiting(morgue)) == ["a", "a"]


# Counted ------------------------------------------------------------------------------------------


def died(queue):
    return dict(queue.tally.left.died)


def test_what_goes_on_is_counted_as_a_dead_letter(create):
    create("morgue")
    queue = create("q", "", "morgue", max_length=1)
    for _ in range(3):
        queue.publish(message())
    reject(queue)
    assert died(queue) == {("maxlen", True): 2, ("rejected", True): 1}


def test_what_has_nowhere_to_go_is_counted_as_dropped(create):
    plain = create("plain", max_length=1)
    for _ in range(3):
        plain.publish(message())
    assert died(plain) == {("maxlen", False): 2}
    for exchange, key in (("no such", None), ("", "no such")):
        queue = create(f"q {exchange}", exchange, key)
        queue.publish(message())
        reject(queue)
        assert died(queue) == {("rejected", False): 1}


def test_a_dead_letter_that_the_next_queue_turns_away_is_dropped(create):
    full = create("full", max_length=1, overflow="reject-publish")
    full.publish(message())
    queue = create("q", "", "full")
    queue.publish(message())
    reject(queue)
    assert died(queue) == {("rejected", False): 1}


def test_a_stored_one_is_counted_once_it_is_there(create, engine, agenda):
    create("morgue", durable=True)
    queue = create("q", "", "morgue", durable=True)
    publish_stored(engine.messages, "a", queue)
    reject(queue)
    agenda.pass_time(0)
    assert died(queue) == {("rejected", True): 1}
