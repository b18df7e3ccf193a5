"""What one user on one connection may do in one vhost, as the questions access.py asks.

Rule: every refusal of a permission is worded here, as RabbitMQ words it, and nowhere else.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from leveret.broker.errors import AccessRefused
from leveret.broker.permissions import DEFAULT_EXCHANGE_RESOURCE

if TYPE_CHECKING:
    from leveret.broker.exchanges.exchange import Exchange
    from leveret.broker.permissions import Permissions, Right
    from leveret.broker.topic_permissions import TopicPermissions, TopicRight
    from leveret.broker.users import User

# The only type of exchange whose routing keys are asked about.
TOPIC: Final = "topic"


class Rights:
    """The permissions of a broker, seen by one user in one vhost. They follow every change."""

    def __init__(
        self, user: User, vhost: str, permissions: Permissions, topics: TopicPermissions
    ) -> None:
        self.user = user
        self.vhost = vhost
        self._permissions = permissions
        self._topics = topics

    def ask(self, right: Right, kind: str, name: str) -> None:
        """May it? kind: queue or exchange. Raises AccessRefused."""
        if not self._permissions.allows(self.user.name, self.vhost, right, name):
            name = name or DEFAULT_EXCHANGE_RESOURCE
            raise AccessRefused(
                f"access to {kind} '{name}' in vhost '{self.vhost}' "
                f"refused for user '{self.user.name}'"
            )

    def ask_topics(self, right: TopicRight, exchange: Exchange, *routing_keys: str) -> None:
        """May it say these to the exchange? Raises AccessRefused."""
        if exchange.type.name != TOPIC:
            return
        key = (self.user.name, self.vhost, exchange.name)
        for routing_key in routing_keys:
            if not self._topics.allows(key, right, routing_key):
                raise AccessRefused(
                    f"access to topic '{routing_key}' in {exchange} "
                    f"refused for user '{self.user.name}'"
                )
