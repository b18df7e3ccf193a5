"""What a row of changes comes to, beside a broker to which the same row was applied."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leveret.broker.broker import Broker
from leveret.broker.changes import (
    Bound,
    ExchangeDeclared,
    ExchangeDeleted,
    ParameterSet,
    PermissionSet,
    QueueDeclared,
    QueueDeleted,
    StreamCut,
    StreamGrew,
    Unbound,
    UserLimitsSet,
    UserRemoved,
    UserSet,
    VhostAdded,
    VhostDescribed,
    VhostRemoved,
)
from leveret.broker.exchanges.exchange import ExchangeOptions
from leveret.broker.permissions import EVERYTHING
from leveret.broker.queues.queue import QueueOptions
from leveret.broker.restore import restore
from leveret.broker.vhost_metadata import NO_METADATA, VhostMetadata
from leveret.cluster.metadata.changes import QueueHoused
from leveret.cluster.metadata.codec import encode
from leveret.cluster.metadata.ledger import Ledger
from tests.broker.domain import HandClock, random_bytes
from tests.broker.furnished import picture
from tests.ports.samples import ALL, END_NAMES, ENDS

SHARED = [each for each in ALL if not isinstance(each, StreamGrew | StreamCut)]


def ledger_of(changes):
    ledger = Ledger()
    for each in changes:
        ledger.apply(each)
    return ledger


def meaning(changes):
    """The picture of the broker that these changes make."""
    broker = Broker(HandClock(), random_bytes())
    for change in changes:
        if not isinstance(change, QueueHoused):
            restore(broker, change)
    for vhost in broker.vhosts.values():
        vhost.follow_policies()
    return picture(broker)


def octets(changes):
    return sorted(map(encode, changes))


def test_what_is_there_is_what_was_said():
    assert octets(ledger_of(SHARED).changes()) == octets(SHARED)
    assert len(ledger_of(SHARED)) == len(SHARED)


def test_its_changes_make_the_same_broker():
    assert meaning(ledger_of(SHARED).changes()) == meaning(SHARED)


@pytest.mark.parametrize(("end", "gone"), ENDS, ids=END_NAMES)
def test_what_goes_takes_along_what_hangs_on_it(end, gone):
    left = [each for each in SHARED if not any(each is one for one in gone)]
    if isinstance(end, VhostDescribed):
        left.append(end)
    assert octets(ledger_of([*SHARED, end]).changes()) == octets(left)


def test_a_queue_has_its_home_for_as_long_as_it_is_there():
    ledger = ledger_of([VhostAdded("/"), QueueHoused("/", "q", "hare")])
    ledger.apply(QueueDeclared(3, "/", "q", QueueOptions()))
    assert ledger.home_of("/", "q") == "hare"
    ledger.apply(QueueHoused("/", "q", "mouse"))
    assert ledger.home_of("/", "q") == "mouse"
    assert ledger.housed("/", "q") == QueueHoused("/", "q", "mouse")
    ledger.apply(QueueDeleted(3, "/", "q"))
    assert ledger.home_of("/", "q") is None
    assert ledger.housed("/", "q") is None


def test_the_last_number_is_that_of_a_queue_or_an_exchange():
    assert ledger_of([]).last_number == 0
    assert ledger_of(SHARED).last_number == 2**32
    delayed = ExchangeDeclared("/", "x", "x-delayed-message", ExchangeOptions(True), 2**33)
    assert ledger_of([*SHARED, delayed]).last_number == 2**33


def test_what_belongs_to_one_node_alone_is_none_of_its_business():
    with pytest.raises(AssertionError, match="one node alone"):
        Ledger().apply(StreamCut(1, "/", "s", 0, 1))


# Any two states ----------------------------------------------------------------------------------

NAMES = st.sampled_from(["a", "b"])
VHOSTS = st.sampled_from(["/", "v"])
KEYS = st.sampled_from(["", "k"])
KINDS = st.sampled_from(["queue", "exchange"])
DURABLE = st.booleans()
POLICY = {"pattern": "^a", "priority": 0, "definition": {"max-length": 5}}
STEP = st.one_of(
    st.builds(VhostAdded, VHOSTS),
    st.builds(VhostRemoved, VHOSTS),
    st.builds(
        VhostDescribed, VHOSTS, st.sampled_from([NO_METADATA, VhostMetadata("d", ("t",), "quorum")])
    ),
    st.builds(UserSet, NAMES, st.sampled_from([b"", b"hash"]), st.just(frozenset())),
    st.builds(UserRemoved, NAMES),
    st.builds(UserLimitsSet, NAMES, st.sampled_from([{}, {"max-channels": 5}])),
    st.builds(PermissionSet, NAMES, VHOSTS, st.just(EVERYTHING)),
    st.builds(ParameterSet, st.just("policy"), VHOSTS, NAMES, st.just(POLICY)),
    st.builds(
        ExchangeDeclared, VHOSTS, NAMES, st.just("topic"), st.builds(ExchangeOptions, DURABLE)
    ),
    st.builds(ExchangeDeleted, VHOSTS, NAMES),
    st.builds(
        QueueHoused,
        VHOSTS,
        NAMES,
        st.sampled_from(["hare", "mouse"]),
        st.sampled_from(["", "q1.1"]),
        st.sampled_from([(), ("hare", "mouse")]),
    ),
    st.builds(QueueDeclared, st.integers(1, 2), VHOSTS, NAMES, st.builds(QueueOptions, DURABLE)),
    st.builds(QueueDeleted, st.integers(1, 2), VHOSTS, NAMES),
    st.builds(Bound, VHOSTS, NAMES, KINDS, NAMES, KEYS, st.just({})),
    st.builds(Unbound, VHOSTS, NAMES, KINDS, NAMES, KEYS, st.just({})),
)


def is_possible(ledger, change):  # noqa: C901, PLR0911  # one line for each kind of thing
    """Whether a broker could have done it: what it needs is there, and it is news."""
    sections = ledger._sections
    vhost = getattr(change, "vhost", None)
    if vhost is not None and (vhost,) not in sections[VhostAdded]:
        return False
    match change:
        case VhostAdded():
            return (change.name,) not in sections[VhostAdded]
        case VhostRemoved() | VhostDescribed():
            return (change.name,) in sections[VhostAdded]
        case UserLimitsSet() | PermissionSet():
            return (change.user,) in sections[UserSet]
        case UserRemoved():
            return (change.name,) in sections[UserSet]
        case ExchangeDeclared():
            return (change.vhost, change.name) not in sections[ExchangeDeclared]
        case ExchangeDeleted():
            return (change.vhost, change.name) in sections[ExchangeDeclared]
        case QueueHoused():
            return True
        case QueueDeclared():
            return (change.vhost, change.name) not in sections[QueueDeclared]
        case QueueDeleted():
            return (change.vhost, change.name) in sections[QueueDeclared]
        case Bound() | Unbound():
            ends = {
                "queue": (change.vhost, change.destination) in sections[QueueDeclared],
                "exchange": (change.vhost, change.destination) in sections[ExchangeDeclared],
            }
            is_source = (change.vhost, change.source) in sections[ExchangeDeclared]
            return is_source and ends[change.destination_kind]
    return True


def lived(steps, ledger=None):
    """The changes of a life, as far as they were possible."""
    ledger, done = ledger or Ledger(), []
    for each in steps:
        if is_possible(ledger, each):
            ledger.apply(each)
            done.append(each)
    return done


LIVES = st.lists(STEP, max_size=30)


@given(LIVES)
def test_whatever_happened_it_is_what_a_broker_would_be(steps):
    done = lived(steps)
    assert meaning(ledger_of(done).changes()) == meaning(done)
    assert sorted(map(encode, ledger_of(done).changes())) == octets(
        ledger_of(done).copy().changes()
    )


@given(LIVES, LIVES, LIVES)
def test_the_way_from_one_state_to_another_leads_there(common, one, other):
    old = lived([*common, *one])
    new = lived([*common, *other])
    way = ledger_of(old).way_to(ledger_of(new))
    ends = ledger_of([*old, *way])
    described = [each for each in ends.changes() if not _says_nothing(each)]
    wanted = [each for each in ledger_of(new).changes() if not _says_nothing(each)]
    assert octets(described) == octets(wanted)
    # A broker can go it step by step.
    meaning([*old, *way])


def _says_nothing(change):
    if isinstance(change, VhostDescribed):
        return change.metadata == NO_METADATA
    return isinstance(change, QueueHoused)


@given(LIVES)
def test_from_a_state_to_itself_there_is_nothing_to_do(steps):
    done = lived(steps)
    assert ledger_of(done).way_to(ledger_of(done)) == []
