"""The name cards."""

from leveret.protocol.limits import Limits
from leveret.session.identity import CAPABILITIES, Encryption, Peer, Terms
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


PLAIN_PEER = Peer("peer", is_loopback=True)
TLS_PEER = Peer("peer", is_loopback=True, tls=Encryption("tlsv1.3", "TLS_AES_256_GCM_SHA384"))


def test_the_greeting_is_encoded_once_for_each_version():
    terms = Terms(Limits(), IDENTITY, print)
    first = terms.greeting((0, 9), PLAIN_PEER)
    assert terms.greeting((0, 9), PLAIN_PEER) is first
    assert terms.greeting((8, 0), PLAIN_PEER) != first


def test_external_is_offered_with_tls_alone():
    terms = Terms(Limits(), IDENTITY, print, mechanisms=frozenset({"EXTERNAL", "PLAIN"}))
    assert terms.offers(PLAIN_PEER) == ["PLAIN"]
    assert terms.offers(TLS_PEER) == ["PLAIN", "EXTERNAL"]
    assert b"PLAIN EXTERNAL" in terms.greeting((0, 9), TLS_PEER)
    assert b"EXTERNAL" not in terms.greeting((0, 9), PLAIN_PEER)


def test_external_is_not_offered_unless_it_is_configured():
    assert Terms(Limits(), IDENTITY, print).offers(TLS_PEER) == ["PLAIN", "AMQPLAIN"]


def test_a_cluster_that_is_renamed_greets_by_its_new_name():
    terms = Terms(Limits(), IDENTITY, print)
    first = terms.greeting((0, 9), PLAIN_PEER)
    renamed = terms.greeting((0, 9), PLAIN_PEER, "warren")
    assert b"warren" not in first
    assert b"warren" in renamed
    assert terms.greeting((0, 9), PLAIN_PEER, "warren") is renamed
