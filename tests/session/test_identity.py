"""The name cards."""

from leveret.protocol.limits import Limits
from leveret.session.identity import CAPABILITIES, Terms
from tests.session.harness import IDENTITY


def test_the_server_says_who_it_is():
    properties = IDENTITY.server_properties()
    assert properties["product"] == "RabbitMQ"
    assert properties["version"] == "3.13.7"
    assert properties["platform"] == "Leveret 0"
    assert properties["cluster_name"] == "leveret@test"
    assert properties["capabilities"] == CAPABILITIES


def test_the_capabilities_are_those_of_rabbitmq():
    assert set(CAPABILITIES) == {
        "publisher_confirms",
        "exchange_exchange_bindings",
        "basic.nack",
        "consumer_cancel_notify",
        "connection.blocked",
        "consumer_priorities",
        "authentication_failure_close",
        "per_consumer_qos",
        "direct_reply_to",
    }
    assert all(value is True for value in CAPABILITIES.values())


def test_the_greeting_is_encoded_once_for_each_version():
    terms = Terms(Limits(), IDENTITY, print)
    first = terms.greeting((0, 9))
    assert terms.greeting((0, 9)) is first
    assert terms.greeting((8, 0)) != first
