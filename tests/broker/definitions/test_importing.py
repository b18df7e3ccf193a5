"""All of a document or nothing; what comes out is what went in."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leveret.broker.broker import Broker
from leveret.broker.definitions.exporting import definitions_of
from leveret.broker.definitions.importing import Unimportable, import_into
from leveret.broker.permissions import Permission
from tests.broker.definitions import entries
from tests.broker.definitions.entries import new_broker
from tests.broker.fake_storage import FakeEngine


def test_the_report_counts_by_section():
    broker = new_broker()
    report = import_into(broker, [entries.vhost(), entries.queue()])
    assert report.applied == {"vhosts": 1, "queues": 1}
    again = import_into(broker, [entries.vhost(), entries.queue(), entries.queue("amq.x")])
    assert not again.applied
    assert again.unchanged == {"vhosts": 1, "queues": 1}
    assert [each.entry for each in again.skipped] == ["queue 'amq.x' in vhost '/'"]


def test_one_fault_and_nothing_is_done():
    broker = new_broker()
    with pytest.raises(Unimportable) as refused:
        import_into(broker, [entries.vhost(), entries.queue(), entries.queue("b", "nowhere")])
    assert str(refused.value) == "queues: queue 'b' in vhost 'nowhere': there is no vhost 'nowhere'"
    assert list(definitions_of(broker)) == []


def test_more_faults_are_counted():
    with pytest.raises(Unimportable, match=r"\(and 1 more\)") as refused:
        import_into(new_broker(), [entries.queue(), entries.exchange()])
    assert len(refused.value.faults) == 2


def test_what_is_imported_is_committed_and_found_again(agenda):
    engine = FakeEngine(agenda)
    import_into(Broker(agenda.clock, bytes, storage=engine.storage), entries.everything())
    later = Broker(agenda.clock, bytes, storage=engine.restarted().storage)
    assert later.restore()
    assert list(definitions_of(later)) == entries.everything()


NAMES = st.sampled_from(["a", "b", "ü", "x y", "#"])
ARGUMENTS = st.dictionaries(
    st.sampled_from(["one", "two"]), st.one_of(st.booleans(), st.integers(0, 9), st.text("ab"))
)


SOME_NAMES = st.lists(NAMES, unique=True, max_size=3)


@st.composite
def topologies(draw):
    """Some of everything, all of it sound."""
    vhosts = draw(st.lists(NAMES, min_size=1, unique=True))
    users = draw(SOME_NAMES)
    told = [entries.vhost(name, draw(NAMES), (draw(NAMES),)) for name in vhosts]
    told += [entries.user(name, draw(st.binary(min_size=5, max_size=9))) for name in users]
    told += [entries.global_parameter(name, draw(ARGUMENTS)) for name in draw(SOME_NAMES)]
    for place in vhosts:
        told += [
            entries.permission(
                name, place, Permission("", draw(st.sampled_from(["a|b", ".*"])), "")
            )
            for name in users
        ]
        told += [entries.policy(name, place, max_length=5) for name in draw(SOME_NAMES)]
        told += [entries.operator_policy(name, place) for name in draw(SOME_NAMES)]
        exchanges = draw(SOME_NAMES)
        kinds = st.sampled_from(["direct", "fanout", "topic", "headers"])
        told += [entries.exchange(name, draw(kinds), place) for name in exchanges]
        queues = draw(SOME_NAMES)
        told += [entries.queue(name, place, arguments=draw(ARGUMENTS)) for name in queues]
        told += [
            entries.binding(source, name, "queue", draw(NAMES), place, **draw(ARGUMENTS))
            for source in [*exchanges, "amq.direct"]
            for name in queues
        ]
    return told


@given(topologies())
def test_a_broker_made_of_a_document_gives_the_same_document(told):
    first = new_broker()
    import_into(first, told)
    document = list(definitions_of(first))
    assert sorted(map(repr, document)) == sorted(map(repr, told))
    second = new_broker()
    import_into(second, document)
    assert list(definitions_of(second)) == document
    assert not import_into(second, document).applied
