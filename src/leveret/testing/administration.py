"""What an administrator does to an embedded broker: accounts, vhosts, policies, limits.

    with leveret.running() as broker:
        broker.admin.set_policy(leveret.Policy("short", "^jobs", {"max-length": 1000}))

Rule: it happens on the broker's own event loop, whoever asks. From another thread a call returns
once what it changed is safe, and every queue follows it; in the broker's own loop it returns at
once, as nothing waits there.
Refusals are raised where you asked: leveret.Refused, with RabbitMQ's text.
"""

import asyncio
from collections.abc import Callable, Mapping
from concurrent.futures import Future
from typing import TypeVar

from leveret.broker.broker import Broker
from leveret.broker.permissions import EVERYTHING, Permission
from leveret.broker.policies import Policy
from leveret.broker.topic_permissions import TopicPermission
from leveret.broker.vhost_metadata import NO_METADATA, VhostMetadata
from leveret.durable import when_settled
from leveret.wire.values import Value

T = TypeVar("T")


class Administration:
    """broker: what is administered. loop: where it lives."""

    def __init__(self, broker: Broker, loop: asyncio.AbstractEventLoop) -> None:
        self._broker = broker
        self._loop = loop

    # Who comes in, and where to --------------------------------------------------------------

    def add_user(self, name: str, password: str, tags: frozenset[str] = frozenset()) -> None:
        """An account, which may enter no vhost yet."""
        self._do(lambda broker: broker.users.add(name, password, tags))

    def remove_user(self, name: str) -> None:
        self._do(lambda broker: broker.remove_user(name))

    def set_permission(
        self, user: str, permission: Permission = EVERYTHING, vhost: str = "/"
    ) -> None:
        self._do(lambda broker: broker.set_permission(user, vhost, permission))

    def clear_permission(self, user: str, vhost: str = "/") -> None:
        """The user may not enter the vhost any more; open connections get nowhere."""
        self._do(lambda broker: broker.clear_permission(user, vhost))

    def set_topic_permission(
        self, user: str, exchange: str, permission: TopicPermission, vhost: str = "/"
    ) -> None:
        """What routing keys the user may publish to a topic exchange, and bind it with."""
        key = (user, vhost, exchange)
        self._do(lambda broker: broker.set_topic_permission(key, permission))

    def clear_topic_permissions(
        self, user: str, exchange: str | None = None, vhost: str = "/"
    ) -> None:
        """Any routing key again, for one exchange or for all."""
        self._do(lambda broker: broker.clear_topic_permissions(user, vhost, exchange))

    def add_vhost(self, name: str, metadata: VhostMetadata = NO_METADATA) -> None:
        self._do(lambda broker: broker.add_vhost(name, metadata))

    def remove_vhost(self, name: str) -> None:
        """With everything in it; its connections are closed."""
        self._do(lambda broker: broker.remove_vhost(name))

    # Policies and limits ---------------------------------------------------------------------

    def set_policy(self, policy: Policy, vhost: str = "/") -> None:
        self._do(lambda broker: broker.parameters.set_policy(vhost, policy))

    def clear_policy(self, name: str, vhost: str = "/") -> None:
        self._do(lambda broker: broker.parameters.clear_policy(vhost, name))

    def set_operator_policy(self, policy: Policy, vhost: str = "/") -> None:
        self._do(lambda broker: broker.parameters.set_operator_policy(vhost, policy))

    def clear_operator_policy(self, name: str, vhost: str = "/") -> None:
        self._do(lambda broker: broker.parameters.clear_operator_policy(vhost, name))

    def set_vhost_limits(self, limits: Mapping[str, int], vhost: str = "/") -> None:
        """max-connections, max-queues; these and no others."""
        self._do(lambda broker: broker.limits.set_vhost(vhost, limits))

    def set_user_limits(self, user: str, limits: Mapping[str, int]) -> None:
        """max-connections, max-channels; besides what was set before."""
        self._do(lambda broker: broker.limits.set_user(user, limits))

    def set_global_parameter(self, name: str, value: Value) -> None:
        self._do(lambda broker: broker.parameters.set_global(name, value))

    def _do(self, act: Callable[[Broker], T]) -> T:
        if _is_running(self._loop):
            return act(self._broker)
        done: Future[T] = Future()
        self._loop.call_soon_threadsafe(self._act, act, done)
        return done.result()

    def _act(self, act: Callable[[Broker], T], done: "Future[T]") -> None:
        try:
            result = act(self._broker)
        except Exception as error:  # raised again where it was asked
            done.set_exception(error)
            return
        when_settled(self._broker, lambda: done.set_result(result))


def _is_running(loop: asyncio.AbstractEventLoop) -> bool:
    """Whether this thread is in it."""
    try:
        return asyncio.get_running_loop() is loop
    except RuntimeError:
        return False
