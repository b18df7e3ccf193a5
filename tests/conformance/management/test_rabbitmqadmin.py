"""Two scripts, each as its broker serves it: RabbitMQ's own rabbitmqadmin, and Leveret's.

Every command is given by either script to either broker, and does the same four times.
"""

import re

import pytest

from tests.conformance.management.conftest import (
    running_managed_leveret,
    running_managed_rabbitmq,
)
from tests.conformance.management.scripts import Outcome, Script

# One command a line, in this order; what is made in one is there in the next. A tilde stands for
# a space within a word.
COMMANDS = """
declare vhost name=warren
declare vhost name=warren tracing=true
list vhosts name tracing
declare user name=hare password=secret tags=
declare user name=ann password_hash=AAAA tags=monitoring,management
declare user name=nobody tags=
declare user name=nobody password=x password_hash=y tags=
declare permission vhost=warren user=hare configure=.* write=.* read=
declare permission vhost=/ user=nobody configure= write= read=
list permissions
-V warren declare exchange name=logs type=topic
-V warren declare exchange name=logs type=topic
-V warren declare exchange name=logs type=fanout
-V warren declare exchange name=odd type=nope
-V warren declare exchange name=amq.odd type=direct
-V warren declare exchange name=inner type=fanout internal=true durable=false arguments=@ALTERNATE
-V warren -f long list exchanges name type durable internal arguments.alternate-exchange
-V warren declare queue name=jobs
-V warren declare queue name=jobs
-V warren declare queue name=jobs durable=false
-V warren declare queue name=jobs durable=maybe
-V warren declare queue name=short auto_delete=true arguments={"x-max-length":5}
-V warren declare queue name=log queue_type=stream
-V warren declare queue name=a~b/ü
-V warren list queues name durable auto_delete arguments.x-max-length arguments.x-queue-type type
-V warren -S name -R list queues name
-V warren -f tsv list queues name nothing
-V warren -f bash list queues
-V warren -f kvp list queues name durable arguments
-V warren -f raw_json list queues name durable
-V warren -f pretty_json list queues name arguments
-V nowhere list queues
-V nowhere declare queue name=x
-V warren declare binding source=logs destination=jobs
-V warren declare binding source=logs destination=jobs routing_key=a.# arguments={"x":1}
-V warren declare binding source=logs destination=inner destination_type=exchange routing_key=k
-V warren declare binding source=logs destination=nowhere
-V warren list bindings source destination_type destination routing_key
-V warren declare policy name=p pattern=^j definition={"max-length":50}
-V warren declare policy name=q pattern=^x definition={"max-length":50} priority=4 apply-to=queues
-V warren declare policy name=bad pattern=^j definition={"frob":50}
-V warren declare policy name=bad pattern=^j definition=nonsense
-V warren declare policy name=bad pattern=^j definition={} priority=high
-V warren declare operator_policy name=op pattern=^j definition={"max-length":50}
declare vhost_limit vhost=warren name=max-queues value=100
declare vhost_limit vhost=warren name=frob value=100
declare parameter component=frob name=x value=1
list policies
-f long list policies
list operator_policies
list vhost_limits
list parameters
-V warren publish routing_key=jobs payload=hello properties={"delivery_mode":2,"headers":{"a":1}}
-V warren publish routing_key=a.b exchange=logs payload=aGVsbG8= payload_encoding=base64
-V warren publish routing_key=nowhere payload=hello
-V warren publish routing_key=x exchange=nowhere payload=hello
-V warren publish routing_key=x payload=%% payload_encoding=base64
-V warren publish payload=hello
-V warren -q publish routing_key=jobs payload=third
-V warren get queue=jobs count=5
-V warren -f tsv get queue=jobs
-V warren -d 3 -f long get queue=jobs count=3
-V warren -f kvp get queue=jobs encoding=base64
-V warren -f pretty_json get queue=jobs count=2
-V warren get queue=jobs ackmode=ack_requeue_false
-V warren get queue=jobs count=2 ackmode=reject_requeue_true
-V warren get queue=nowhere
-V warren get queue=jobs count=2 payload_file=/nowhere
-V warren purge queue name=jobs
-V warren get queue=jobs
-V warren purge queue name=nowhere
-V warren purge exchange name=logs
-V warren delete binding source=logs destination_type=queue destination=jobs
-V warren delete binding source=logs destination_type=queue destination=jobs properties_key=nope
-V warren delete binding source=logs destination_type=exchange destination=inner properties_key=k
-V warren list bindings
-V warren delete policy name=q
-V warren delete policy name=q
-V warren delete operator_policy name=op
delete vhost_limit vhost=warren name=max-queues
delete parameter component=frob name=x
-V warren delete queue name=short
-V warren delete queue name=short
-V warren delete queue name=a~b/ü
-V warren delete exchange name=inner
-V warren delete exchange name=nowhere
-V warren delete exchange name=amq.topic
delete permission vhost=warren user=hare
delete permission vhost=warren user=hare
delete user name=hare
delete user name=ann
delete user name=ann
list connections
list channels
list consumers
-q list connections
-f raw_json list connections
list users name tags
show overview object_totals.connections
-f tsv show overview object_totals.connections nothing
close connection name=nowhere
-p wrong list queues
-u hare -p secret list queues
--path-prefix=/nowhere list queues
list
list frob
show queues
declare
declare frob name=x
declare queue
declare queue name
declare queue name=x frob=1
delete frob
purge
close
frob

help frob
delete vhost name=warren
delete vhost name=warren
""".strip("\n").split("\n")


ALTERNATE = '{"alternate-exchange":"logs"}'


def words_of(command):
    return [word.replace("~", " ").replace("@ALTERNATE", ALTERNATE) for word in command.split()]


def comparable(outcome: Outcome) -> Outcome:
    """Wording of usage errors is each script's own; so is how RabbitMQ's ends when it breaks."""
    is_misuse = outcome.err.startswith(("ERROR: ", "Traceback: "))
    return Outcome(outcome.code, outcome.out, "misused" if is_misuse else outcome.err)


@pytest.fixture(scope="module")
def managed_rabbitmq():
    """Brokers of this module's own: what it lists is all there is."""
    with running_managed_rabbitmq() as managed:
        yield managed


@pytest.fixture(scope="module")
def managed_leveret(tmp_path_factory):
    with running_managed_leveret(tmp_path_factory.mktemp("data")) as managed:
        yield managed


@pytest.fixture(scope="module")
def scripts(managed_rabbitmq, managed_leveret):
    return Script.fetched(managed_rabbitmq), Script.fetched(managed_leveret)


@pytest.fixture(autouse=True)
def home(monkeypatch, tmp_path):
    monkeypatch.setenv("HOME", str(tmp_path))
    return tmp_path


@pytest.fixture(scope="module")
def outcomes(scripts, managed_rabbitmq, managed_leveret):
    """What came of every command: by script and broker."""
    return {
        (script.name, broker.name): [script.run(broker, words_of(each)) for each in COMMANDS]
        for script in scripts
        for broker in (managed_rabbitmq, managed_leveret)
    }


PAIRS = [("leveret", "rabbitmq"), ("rabbitmq", "leveret"), ("leveret", "leveret")]


@pytest.mark.parametrize("pair", PAIRS, ids=" at ".join)
def test_every_command_does_what_it_does_with_rabbitmq_alone(outcomes, pair):
    expected = outcomes["rabbitmq", "rabbitmq"]
    different = [
        f"{command}\n  RabbitMQ: {wanted}\n  here:     {got}"
        for command, wanted, got in zip(COMMANDS, expected, outcomes[pair], strict=True)
        if comparable(wanted) != comparable(got)
    ]
    assert not different, "\n".join(different)


def test_definitions_go_from_either_broker_to_the_other(scripts, both, home):
    file = str(home / "definitions.json")
    for script in scripts:
        for source, target in (both, both[::-1]):
            script.run(source, ["declare", "queue", "name=carried"])
            assert script.run(source, ["export", file]).code == 0
            script.run(source, ["delete", "queue", "name=carried"])
            assert script.run(target, ["import", file]).code == 0
            told = script.run(target, ["-f", "bash", "list", "queues"]).out
            assert "carried" in told.split()
            assert script.run(target, ["delete", "queue", "name=carried"]).code == 0


def test_payloads_of_any_octets_come_by_standard_input_and_go_into_a_file(scripts, both, home):
    ours = scripts[1]
    for broker in both:
        ours.run(broker, ["declare", "queue", "name=octets"])
        told = ours.run(broker, ["publish", "routing_key=octets"], stdin=b"\xff\x00")
        assert told.out == "Message published\n"
        file = f"payload_file={home / 'payload'}"
        assert ours.run(broker, ["get", "queue=octets", file]).code == 0
        assert (home / "payload").read_bytes() == b"\xff\x00"
        ours.run(broker, ["delete", "queue", "name=octets"])


def test_rabbitmqs_script_names_the_subcommands_that_ours_has(scripts, both):
    def subcommands(script):
        told = script.run(both[0], ["help", "subcommands"]).out
        return set(
            re.findall(r"^  ((?:list|show|declare|delete|close|purge) \w+)", told, re.MULTILINE)
        )

    theirs, ours = (subcommands(script) for script in scripts)
    assert theirs == ours
    assert len(ours) > 30
