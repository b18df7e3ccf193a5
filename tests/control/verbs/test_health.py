"""What runs, what is listened on, what runs short."""

from leveret.config import Listening
from leveret.control.call import Call
from leveret.control.verbs import health
from tests.control.served import OneBroker


def call():
    return Call(OneBroker(), {})


def test_a_node_answers_whatever_its_application_does():
    asked = call()
    assert health.ping(asked) == "Ping succeeded"
    assert health.state(asked) == "running"
    asked.host.application = None
    assert health.state(asked) == "stopped"


def test_alarms_by_rabbitmqs_names():
    asked = call()
    assert health.alarms(asked) == []
    asked.broker.alarms.set("memory")
    asked.broker.alarms.set("disk")
    assert health.alarms(asked) == [
        "Free disk space alarm on node leveret@localhost",
        "Memory alarm on node leveret@localhost",
    ]


def test_listeners_in_rabbitmqs_order():
    asked = call()
    asked.host.listeners = (
        Listening("amqp/ssl", "::", 5671),
        Listening("amqp", "127.0.0.1", 5672),
        Listening("clustering", "127.0.0.1", 25672),
        Listening("http/prometheus", "127.0.0.1", 15692),
        Listening("http", "127.0.0.1", 15672),
    )
    told = health.listeners(asked)
    assert [each["port"] for each in told] == [15672, 15692, 25672, 5672, 5671]
    assert told[-1] == {
        "interface": "[::]",
        "node": "leveret@localhost",
        "port": 5671,
        "protocol": "amqp/ssl",
        "purpose": "AMQP 0-9-1 over TLS",
    }


def test_no_vhost_is_ever_down():
    assert health.virtual_hosts_down(call()) == []
