"""The way of a message: told as routing goes."""

from hypothesis import given
from hypothesis import strategies as st

from leveret.broker.bindings import Binding
from leveret.broker.exchanges.exchange import ExchangeOptions
from leveret.explaining.steps import explain
from leveret.wire.properties import NO_PROPERTIES, Properties
from tests.management.domain import entered, exchange, queue

CERTAIN = ("direct", "fanout", "topic", "headers", "x-consistent-hash", "x-modulus-hash",
           "x-recent-history")  # fmt: skip
EXCHANGES, QUEUES = ("e0", "e1", "e2"), ("q0", "q1", "q2")
# Numbers: the weights of a consistent hash.
KEYS = ("1", "2", "a.1", "a.*", "#")
HEADERS = st.dictionaries(st.sampled_from(("h", "i", "x-h")), st.integers(0, 1), max_size=2)


@st.composite
def topologies(draw):
    """Exchanges with or without alternates, and bindings between them and to queues."""
    kinds = {name: draw(st.sampled_from(CERTAIN)) for name in EXCHANGES}
    alternates = {name: draw(st.sampled_from((None, *EXCHANGES, "gone"))) for name in EXCHANGES}
    ends = st.tuples(
        st.sampled_from(EXCHANGES),
        st.sampled_from((*EXCHANGES, *QUEUES)),
        st.sampled_from(KEYS),
        HEADERS,
        st.sampled_from(("all", "any", "all-with-x", "any-with-x")),
    )
    return kinds, alternates, draw(st.lists(ends, max_size=9))


def made(topology):
    kinds, alternates, bindings = topology
    access = entered()
    vhost = access.vhost
    for name, kind in kinds.items():
        alternate = alternates[name]
        arguments = {} if alternate is None else {"alternate-exchange": alternate}
        vhost.declare_exchange(name, kind, ExchangeOptions(arguments=arguments))
    for name in QUEUES:
        queue(access, name)
    for source, end, said, headers, how in bindings:
        key = "1" if kinds[source] == "x-consistent-hash" and not said.isdigit() else said
        destination = vhost.exchanges.get(end) or vhost.queues[end]
        table = {**headers, "x-match": how} if kinds[source] == "headers" else {}
        vhost.bind(Binding(vhost.exchanges[source], destination, key, table))
    return vhost


@given(
    topologies(),
    st.sampled_from((*EXCHANGES, "")),
    st.lists(st.sampled_from(("1", "a.1", "q0")), min_size=1, max_size=2),
    HEADERS,
)
def test_what_is_explained_is_what_routing_does(topology, start, keys, headers):
    vhost = made(topology)
    properties = Properties(headers=headers)
    told = explain(vhost, start, tuple(keys), properties)
    route = vhost.route(start, keys[0], properties, tuple(keys[1:]))
    assert {each.name for each in told.queues} == {each.name for each in route.receivers}
    assert told.is_certain
    assert not told.down
    named = [step.exchange.name for step in told.steps]
    assert len(named) == len(set(named))


def names(told):
    return [each.name for each in told.queues]


def bound(access, source, destination, key="", **arguments):
    vhost = access.vhost
    end = vhost.queues.get(destination) or vhost.exchanges[destination]
    vhost.bind(Binding(vhost.exchanges[source], end, key, arguments))


def test_the_alternate_is_named_when_it_is_taken():
    access = entered()
    exchange(access, "first", "direct", **{"alternate-exchange": "second"})
    exchange(access, "second", "fanout")
    queue(access, "q")
    queue(access, "other")
    bound(access, "second", "q")
    bound(access, "first", "other", key="other")
    told = explain(access.vhost, "first", ("nothing",), NO_PROPERTIES)
    assert names(told) == ["q"]
    first, second = told.steps
    assert (first.reached_by, first.goes_to_alternate) == ("publish", True)
    assert (second.reached_by, second.goes_to_alternate) == ("alternate", False)
    told = explain(access.vhost, "first", ("other",), NO_PROPERTIES)
    assert (names(told), len(told.steps)) == (["other"], 1)


def test_a_delayed_message_is_told_as_it_will_go():
    access = entered()
    exchange(access, "later", "x-delayed-message", **{"x-delayed-type": "direct"})
    queue(access, "q")
    bound(access, "later", "q", key="k")
    told = explain(access.vhost, "later", ("k",), Properties(headers={"x-delay": 5000}))
    assert (names(told), told.steps[0].held_ms) == (["q"], 5000)
    assert access.vhost.exchanges["later"].type.delayed_count == 0


def test_what_is_left_to_chance_is_followed_every_way():
    access = entered()
    exchange(access, "any", "x-random")
    for name in ("p", "q"):
        queue(access, name)
        bound(access, "any", name)
    told = explain(access.vhost, "any", ("k",), NO_PROPERTIES)
    assert (sorted(names(told)), told.is_certain) == (["p", "q"], False)


def test_nothing_is_remembered_by_an_exchange_that_remembers():
    access = entered()
    exchange(access, "recent", "x-recent-history")
    queue(access, "p")
    queue(access, "q")
    bound(access, "recent", "p")
    explain(access.vhost, "recent", ("k",), NO_PROPERTIES)
    bound(access, "recent", "q")
    assert access.vhost.queues["p"].ready.count == access.vhost.queues["q"].ready.count == 0
