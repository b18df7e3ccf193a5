"""What a node knows to do, by name: exchange types, ways to log in, RabbitMQ's plugins that have a
counterpart here. Descriptions are RabbitMQ's and its plugins'."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from leveret.broker.exchanges.kinds import KINDS
from leveret.protocol.sasl import MECHANISMS

if TYPE_CHECKING:
    from leveret.config import Settings

_BY_THE_BOOK: Final = "AMQP {} exchange, as per the AMQP specification"
_EXCHANGE_TYPES: Final = {
    "x-consistent-hash": "Consistent Hashing Exchange",
    "x-delayed-message": "Delayed Message Exchange.",
    "x-local-random": "Picks one random local binding (queue) to route via (to).",
    "x-modulus-hash": "Modulus Hashing Exchange",
    "x-random": "Randomly picks a binding (queue) to route via (to).",
    "x-recent-history": "Recent History Exchange.",
}
_MECHANISMS: Final = {
    "PLAIN": "SASL PLAIN authentication mechanism",
    "AMQPLAIN": "QPid AMQPLAIN mechanism",
    "EXTERNAL": (
        "TLS peer verification-based authentication plugin. "
        "Used in combination with the EXTERNAL SASL mechanism."
    ),
}
# What is always there and is a plugin of RabbitMQ's.
_BUILT_IN: Final = (
    "rabbitmq_consistent_hash_exchange",
    "rabbitmq_delayed_message_exchange",
    "rabbitmq_random_exchange",
    "rabbitmq_recent_history_exchange",
)


def exchange_types() -> list[dict[str, Any]]:
    return [
        {
            "name": name,
            "description": _EXCHANGE_TYPES.get(name, _BY_THE_BOOK.format(name)),
            "enabled": True,
        }
        for name in sorted(KINDS)
    ]


def auth_mechanisms(settings: Settings) -> list[dict[str, Any]]:
    return [
        {
            "name": name,
            "description": _MECHANISMS[name],
            "enabled": name in settings.auth_mechanisms,
        }
        for name in MECHANISMS
    ]


def enabled_plugins(settings: Settings) -> list[str]:
    """RabbitMQ's names of what is at work here."""
    is_on = {
        "rabbitmq_auth_mechanism_ssl": "EXTERNAL" in settings.auth_mechanisms,
        "rabbitmq_event_exchange": settings.taps.event_exchange,
        "rabbitmq_management": settings.http.has_management,
        "rabbitmq_prometheus": settings.http.has_metrics,
    }
    return sorted([*_BUILT_IN, *(name for name, on in is_on.items() if on)])
