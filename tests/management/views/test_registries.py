"""What a node knows to do."""

from leveret.broker.exchanges.kinds import KINDS
from leveret.config import Settings
from leveret.config.http_settings import HttpSettings
from leveret.management.views.registries import auth_mechanisms, enabled_plugins, exchange_types
from leveret.protocol.sasl import MECHANISMS


def test_every_exchange_type_has_a_description():
    told = exchange_types()
    assert [each["name"] for each in told] == sorted(KINDS)
    described = {each["name"]: each["description"] for each in told}
    assert described["direct"] == "AMQP direct exchange, as per the AMQP specification"
    assert not [name for name, text in described.items() if name.startswith("x-") and name in text]


def test_every_mechanism_is_told_and_those_offered_are_enabled():
    settings = Settings(auth_mechanisms=frozenset({"PLAIN"}))
    told = auth_mechanisms(settings)
    assert [each["name"] for each in told] == list(MECHANISMS)
    assert [each["name"] for each in told if each["enabled"]] == ["PLAIN"]
    assert all(each["description"] for each in told)


def test_what_is_switched_off_is_no_enabled_plugin():
    both = {"rabbitmq_management", "rabbitmq_prometheus"}
    assert both < set(enabled_plugins(Settings()))
    off = Settings(http=HttpSettings(has_management=False, has_metrics=False))
    assert not both & set(enabled_plugins(off))
    assert "rabbitmq_consistent_hash_exchange" in enabled_plugins(off)
