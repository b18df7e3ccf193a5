"""What an import comes to is known before it is done, and finding out does nothing."""

import pytest

from leveret.broker.definitions.document import DefinedParameter, DefinedVhost
from leveret.broker.definitions.exporting import definitions_of
from leveret.broker.definitions.importing import import_into
from leveret.broker.definitions.rehearsal import Rehearsal
from leveret.broker.permissions import Permission
from leveret.broker.topic_permissions import TopicPermission
from leveret.wire.values import Int64
from tests.broker.definitions import entries
from tests.broker.definitions.entries import new_broker


def plan(broker, *told):
    return Rehearsal(broker).plan(told)


def furnished(*told):
    broker = new_broker()
    import_into(broker, told or entries.everything())
    return broker


def said(remarks):
    return [str(each) for each in remarks]


def test_everything_is_new_to_an_empty_broker():
    broker = new_broker()
    planned = plan(broker, *entries.everything())
    assert planned.entries == entries.everything()
    assert not planned.unchanged
    assert not planned.skipped
    assert not planned.faults
    assert list(definitions_of(broker)) == []


def test_entries_are_taken_in_the_order_in_which_they_can_be_made():
    planned = plan(new_broker(), *reversed(entries.everything()))
    assert [type(each) for each in planned.entries] == [type(each) for each in entries.everything()]
    assert not planned.faults


def test_nothing_is_new_the_second_time():
    broker = furnished()
    planned = plan(broker, *entries.everything())
    assert planned.entries == []
    assert sum(planned.unchanged.values()) == len(entries.everything())


def test_an_entry_that_comes_twice_is_made_once():
    planned = plan(new_broker(), entries.vhost(), entries.queue(), entries.vhost(), entries.queue())
    assert planned.entries == [entries.vhost(), entries.queue()]
    assert planned.unchanged == {"vhosts": 1, "queues": 1}


@pytest.mark.parametrize(
    "entry",
    [
        entries.user(tags=frozenset({"management"})),
        entries.user(password_hash=b"saltother"),
        entries.user(password="open"),
        entries.permission(granted=Permission("", "", "")),
        entries.topic_permission(write="z"),
        entries.user(limits={"max-channels": 5}),
        entries.vhost(description="new"),
        entries.global_parameter(value="there"),
        entries.policy(max_length=6),
        entries.operator_policy(definition={"max-length": 8}),
        entries.vhost_limits(max_queues=7),
    ],
)
def test_what_can_be_set_is_set_anew(entry):
    planned = plan(furnished(), entry)
    assert planned.entries == [entry]


def test_a_password_that_is_right_already_changes_nothing():
    broker = furnished(entries.user("bob", password="open"))
    assert plan(broker, entries.user("bob", password="open")).unchanged == {"users": 1}
    assert plan(broker, entries.user("bob", password="other")).entries
    tagged = entries.user("bob", password="open", tags=frozenset({"monitoring"}))
    assert plan(broker, tagged).entries == [tagged]


def test_an_exchange_or_queue_that_is_otherwise_stays_and_is_told():
    planned = plan(
        furnished(),
        entries.exchange(kind="topic"),
        entries.queue(arguments={"x-max-priority": 3}),
    )
    assert planned.entries == []
    first, second = said(planned.skipped)
    assert first == (
        "exchanges: exchange 'logs' in vhost '/': it is there already, and stays as it is: "
        "inequivalent arg 'type' for exchange 'logs' in vhost '/': "
        "received 'topic' but current is 'direct'"
    )
    assert "x-max-priority" in second


def test_what_is_the_servers_own_is_skipped():
    planned = plan(
        furnished(),
        entries.exchange("amq.direct"),
        entries.exchange(""),
        entries.queue("amq.gen-1"),
        entries.binding(""),
    )
    assert planned.entries == []
    assert not planned.faults
    assert [each.reason for each in planned.skipped] == [
        "names that begin with 'amq.' are the server's own",
        "every vhost has its default exchange",
        "names that begin with 'amq.' are the server's own",
        "every queue is bound to the default exchange by itself",
    ]


def test_a_binding_without_its_ends_is_skipped():
    planned = plan(
        furnished(),
        entries.binding("nope"),
        entries.binding(destination="nope"),
        entries.binding(destination="nope", kind="exchange"),
        entries.binding("amq.headers", **{"x-match": "perhaps"}),
    )
    assert planned.entries == []
    assert [each.reason for each in planned.skipped][:3] == [
        "no exchange 'nope' in vhost '/'",
        "no queue 'nope' in vhost '/'",
        "no exchange 'nope' in vhost '/'",
    ]
    assert "x-match" in planned.skipped[3].reason


def test_a_new_binding_between_old_things():
    told = entries.binding(key="other")
    assert plan(furnished(), told).entries == [told]


def test_a_number_of_another_width_makes_no_other_binding():
    broker = furnished(
        entries.vhost(), entries.queue(), entries.exchange(), entries.binding(a=1, b="x")
    )
    assert plan(broker, entries.binding(a=Int64(1), b="x")).unchanged == {"bindings": 1}
    assert plan(broker, entries.binding(a=Int64(2), b="x")).entries
    assert plan(broker, entries.binding("amq.direct", a=1, b="x")).entries


def test_a_vhost_that_is_traced_already():
    broker = furnished(entries.vhost())
    traced = DefinedVhost("/", tracing=True)
    assert plan(broker, traced).entries == [traced]
    broker.trace("/", is_on=True)
    assert plan(broker, traced).unchanged == {"vhosts": 1}
    assert plan(broker, DefinedVhost("/", tracing=False)).entries


def test_what_has_no_effect_is_kept_and_told():
    told = [entries.shovel(), entries.global_parameter("mqtt_port_to_vhost_mapping", {"1883": "/"})]
    planned = plan(furnished(entries.vhost()), *told)
    assert len(planned.entries) == 2
    assert [each.reason for each in planned.idle] == [
        "there is no MQTT here",
        "there are no shovels here",
    ]


def test_what_every_broker_has_its_own_of_is_skipped():
    planned = plan(new_broker(), entries.global_parameter("internal_cluster_id"))
    assert said(planned.skipped) == [
        "global_parameters: global parameter 'internal_cluster_id': every broker has its own"
    ]


def test_a_parameter_of_something_that_is_not_here_is_skipped():
    told = DefinedParameter("sharding", "/", "x", {})
    planned = plan(furnished(entries.vhost()), told)
    assert said(planned.skipped) == [
        "parameters: sharding 'x' in vhost '/': nothing here is set by sharding"
    ]


def test_a_policy_is_no_parameter_as_in_rabbitmq():
    told = DefinedParameter("policy", "/", "x", {})
    (fault,) = plan(furnished(entries.vhost()), told).faults
    assert fault.reason == "policies may not be set using this method"


def test_queues_that_are_there_count_for_the_limit():
    broker = furnished(entries.vhost(), entries.queue("a"), entries.queue("b"))
    limited = entries.vhost_limits(max_queues=3)
    assert not plan(broker, limited, entries.queue("c")).faults
    (fault,) = plan(broker, limited, entries.queue("c"), entries.queue("d")).faults
    assert "queue limit in vhost '/' (3) is reached" in fault.reason
    import_into(broker, [limited])
    assert plan(broker, entries.queue("c"), entries.queue("d")).faults


def test_every_fault_is_told():
    planned = plan(
        furnished(),
        entries.permission("nobody"),
        entries.queue("a", arguments={"x-message-ttl": -1}),
        entries.queue("b", "nowhere"),
        entries.exchange("c", "x-nope"),
        entries.binding(place="nowhere"),
    )
    assert [each.section for each in planned.faults] == [
        "permissions",
        "exchanges",
        "queues",
        "queues",
        "bindings",
    ]


def test_later_documents_see_what_earlier_ones_bring():
    rehearsal = Rehearsal(new_broker())
    assert not rehearsal.plan([entries.vhost()]).faults
    assert not rehearsal.plan([entries.queue()]).faults
    assert rehearsal.plan([entries.queue()]).unchanged == {"queues": 1}


def test_rights_are_those_of_the_real_broker():
    broker = furnished()
    broker.set_topic_permission(("ada", "/", "logs"), TopicPermission("", ""))
    assert plan(broker, entries.topic_permission()).entries == [entries.topic_permission()]
