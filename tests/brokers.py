"""The two brokers that the comparisons run against: where they listen, and who governs them."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from bench.rabbitmq import RabbitMQ

from leveret import Permission, Policy, TopicPermission, VhostMetadata

NO_METADATA = VhostMetadata()


class Admin(Protocol):
    """What tests have an administrator do, alike on both brokers. See leveret.testing."""

    def add_user(self, name: str, password: str) -> None: ...

    def set_permission(self, user: str, permission: Permission, vhost: str = "/") -> None: ...

    def clear_permission(self, user: str) -> None: ...

    def remove_user(self, name: str) -> None: ...

    def set_topic_permission(
        self, user: str, exchange: str, permission: TopicPermission
    ) -> None: ...

    def add_vhost(self, name: str, metadata: VhostMetadata = NO_METADATA) -> None: ...

    def remove_vhost(self, name: str) -> None: ...

    def set_policy(self, policy: Policy, vhost: str = "/") -> None: ...

    def clear_policy(self, name: str, vhost: str = "/") -> None: ...

    def set_operator_policy(self, policy: Policy, vhost: str = "/") -> None: ...

    def clear_operator_policy(self, name: str, vhost: str = "/") -> None: ...

    def set_vhost_limits(self, limits: Mapping[str, int], vhost: str = "/") -> None: ...

    def set_user_limits(self, user: str, limits: Mapping[str, int]) -> None: ...


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Where a broker listens; guest/guest and vhost / are always there."""

    name: str
    host: str
    port: int
    admin: Admin

    @property
    def url(self) -> str:
        return f"amqp://guest:guest@{self.host}:{self.port}/"

    def admit(self, user: str, rights: Permission) -> None:
        """Let in a user, whose password is its name, with these rights in vhost /."""
        self.admin.add_user(user, user)
        self.admin.set_permission(user, rights)


class RefusedByRabbitMQ(Exception):
    """What RabbitMQ would not do, in its words."""


class RabbitMQAdmin:
    """Calls what rabbitmqctl calls."""

    def __init__(self, node: RabbitMQ) -> None:
        self.node = node

    def add_user(self, name: str, password: str) -> None:
        self._call("rabbit_auth_backend_internal", "add_user", name, password)

    def set_permission(self, user: str, permission: Permission, vhost: str = "/") -> None:
        rights = (permission.configure, permission.write, permission.read)
        self._call("rabbit_auth_backend_internal", "set_permissions", user, vhost, *rights)

    def clear_permission(self, user: str) -> None:
        self._call("rabbit_auth_backend_internal", "clear_permissions", user, "/")

    def remove_user(self, name: str) -> None:
        self._call("rabbit_auth_backend_internal", "delete_user", name)

    def set_topic_permission(self, user: str, exchange: str, permission: TopicPermission) -> None:
        rights = (permission.write, permission.read)
        where = ("rabbit_auth_backend_internal", "set_topic_permissions")
        self._call(*where, user, "/", exchange, *rights)

    def add_vhost(self, name: str, metadata: VhostMetadata = NO_METADATA) -> None:
        tags = ",".join(metadata.tags)
        default = _binary(metadata.default_queue_type or "classic")
        said = f"{_binary(metadata.description)}, {_binary(tags)}, {default}, false"
        self._evaluate(f'rabbit_vhost:put_vhost({_binary(name)}, {said}, <<"me">>)')

    def remove_vhost(self, name: str) -> None:
        self._call("rabbit_vhost", "delete", name)

    def set_policy(self, policy: Policy, vhost: str = "/") -> None:
        self._call("rabbit_policy", "parse_set", vhost, *_said(policy))

    def clear_policy(self, name: str, vhost: str = "/") -> None:
        self._call("rabbit_policy", "delete", vhost, name)

    def set_operator_policy(self, policy: Policy, vhost: str = "/") -> None:
        self._call("rabbit_policy", "parse_set_op", vhost, *_said(policy))

    def clear_operator_policy(self, name: str, vhost: str = "/") -> None:
        self._call("rabbit_policy", "delete_op", vhost, name)

    def set_vhost_limits(self, limits: Mapping[str, int], vhost: str = "/") -> None:
        self._call("rabbit_vhost_limit", "parse_set", vhost, json.dumps(dict(limits)))

    def set_user_limits(self, user: str, limits: Mapping[str, int]) -> None:
        said = json.dumps(dict(limits))
        self._call("rabbit_auth_backend_internal", "set_user_limits", user, said)

    def _call(self, module: str, function: str, *arguments: Any) -> None:
        """A function that takes binaries, and who asks as the last of them."""
        said = ", ".join(_binary(str(each)) for each in (*arguments, "me"))
        self._evaluate(f"{module}:{function}({said})")

    def _evaluate(self, expression: str) -> None:
        told = "{error_string, Text} -> lists:flatten(Text); Other -> Other"
        answer = self.node.evaluate(f"case ({expression}) of {told} end")
        if answer != "ok":
            raise RefusedByRabbitMQ(answer.strip('"').replace("\\n", "\n"))


def _said(policy: Policy) -> tuple[str, str, str, str, str]:
    definition = json.dumps(dict(policy.definition))
    return policy.name, policy.pattern, definition, str(policy.priority), policy.apply_to


def _binary(text: str) -> str:
    return f"<<{','.join(map(str, text.encode()))}>>"
