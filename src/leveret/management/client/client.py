"""A method for each thing that one does over the management API.

Whatever has none is a `get`, `put`, `post` or `delete` away.
"""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING, Any, Literal, TypeVar

from leveret.management.client.request import TIMEOUT_S, Address, path_of, read, refusal
from leveret.management.client.things import (
    Binding,
    Channel,
    Connection,
    Consumer,
    Exchange,
    Fields,
    Health,
    Message,
    Node,
    Overview,
    Page,
    Permission,
    Policy,
    Queue,
    TopicPermission,
    User,
    Vhost,
)

if TYPE_CHECKING:
    import ssl
    from collections.abc import Mapping, Sequence

Wanted = TypeVar("Wanted")
AckMode = Literal[
    "ack_requeue_true", "ack_requeue_false", "reject_requeue_true", "reject_requeue_false"
]
Destination = Literal["queue", "exchange"]
NOTHING: Mapping[str, Any] = {}


class Client:
    """The management API of one node, asked as one user.

    url: http://user:password@host:port, https with TLS, with what comes before /api if anything.
    Every method raises ApiRefused when the API says no, ApiUnreachable when it says nothing.
    """

    def __init__(
        self, url: str, *, tls: ssl.SSLContext | None = None, timeout_s: float = TIMEOUT_S
    ) -> None:
        self._address = Address(url, tls, timeout_s)

    # Any resource ----------------------------------------------------------------------------

    def get(self, *path: str, wanted: type[Wanted], **query: object) -> Wanted:
        """What is at the path: get("queues", "/", wanted=list[Queue], sort="name")."""
        return read(self._ask("GET", path_of(*path, query=query)), wanted)

    def put(self, *path: str, body: Mapping[str, Any] = NOTHING) -> None:
        self._ask("PUT", path_of(*path), body)

    def post(self, *path: str, body: Mapping[str, Any] = NOTHING) -> bytes:
        return self._ask("POST", path_of(*path), body)

    def delete(self, *path: str, **query: object) -> None:
        self._ask("DELETE", path_of(*path, query=query))

    def _ask(self, method: str, path: str, body: object = None) -> bytes:
        status, content = self._address.ask(method, path, body)
        if status >= 300:
            raise refusal(status, content)
        return content

    # The node --------------------------------------------------------------------------------

    def overview(self) -> Overview:
        return self.get("overview", wanted=Overview)

    def nodes(self) -> list[Node]:
        return self.get("nodes", wanted=list[Node])

    def health(self, *check: str) -> Health:
        """health("alarms"), health("port-listener", "5672"): also what is wrong is an answer."""
        path = path_of("health", "checks", *check)
        status, content = self._address.ask("GET", path)
        if status not in {200, 503}:
            raise refusal(status, content)
        return read(content, Health)

    def definitions(self, vhost: str | None = None) -> Fields:
        return self.get("definitions", *_of(vhost), wanted=Fields)

    def import_definitions(self, definitions: Mapping[str, Any], vhost: str | None = None) -> None:
        self.post("definitions", *_of(vhost), body=definitions)

    # Clients ---------------------------------------------------------------------------------

    def connections(self) -> list[Connection]:
        return self.get("connections", wanted=list[Connection])

    def close_connection(self, name: str) -> None:
        self.delete("connections", name)

    def channels(self) -> list[Channel]:
        return self.get("channels", wanted=list[Channel])

    def consumers(self, vhost: str | None = None) -> list[Consumer]:
        return self.get("consumers", *_of(vhost), wanted=list[Consumer])

    # Queues, exchanges, bindings ---------------------------------------------------------------

    def queues(self, vhost: str | None = None) -> list[Queue]:
        return self.get("queues", *_of(vhost), wanted=list[Queue])

    def page_of_queues(
        self, page: int, *, size: int = 100, name: str = "", use_regex: bool = False
    ) -> Page[Queue]:
        """Part of all queues: those whose names have `name` in them, or match it."""
        asked = {"page": page, "page_size": size, "name": name, "use_regex": use_regex}
        return self.get("queues", wanted=Page[Queue], **asked)

    def queue(self, name: str, vhost: str = "/") -> Queue:
        return self.get("queues", vhost, name, wanted=Queue)

    def declare_queue(
        self,
        name: str,
        vhost: str = "/",
        *,
        durable: bool = True,
        auto_delete: bool = False,
        arguments: Mapping[str, Any] = NOTHING,
    ) -> None:
        told = {"durable": durable, "auto_delete": auto_delete, "arguments": arguments}
        self.put("queues", vhost, name, body=told)

    def delete_queue(
        self, name: str, vhost: str = "/", *, if_empty: bool = False, if_unused: bool = False
    ) -> None:
        asked = {"if-empty": if_empty or None, "if-unused": if_unused or None}
        self.delete("queues", vhost, name, **asked)

    def purge_queue(self, name: str, vhost: str = "/") -> None:
        self.delete("queues", vhost, name, "contents")

    def exchanges(self, vhost: str | None = None) -> list[Exchange]:
        return self.get("exchanges", *_of(vhost), wanted=list[Exchange])

    def exchange(self, name: str, vhost: str = "/") -> Exchange:
        return self.get("exchanges", vhost, _exchange(name), wanted=Exchange)

    def declare_exchange(
        self,
        name: str,
        kind: str,
        vhost: str = "/",
        *,
        durable: bool = True,
        arguments: Mapping[str, Any] = NOTHING,
    ) -> None:
        told = {"type": kind, "durable": durable, "arguments": arguments}
        self.put("exchanges", vhost, name, body=told)

    def delete_exchange(self, name: str, vhost: str = "/", *, if_unused: bool = False) -> None:
        self.delete("exchanges", vhost, name, **{"if-unused": if_unused or None})

    def bindings(self, vhost: str | None = None) -> list[Binding]:
        return self.get("bindings", *_of(vhost), wanted=list[Binding])

    def bind(self, binding: Binding, vhost: str = "/") -> None:
        """Its source, destination, routing key and arguments count."""
        told = {"routing_key": binding.routing_key, "arguments": binding.arguments}
        self.post("bindings", vhost, *_ends(binding), body=told)

    def unbind(self, binding: Binding, vhost: str = "/") -> None:
        """A binding as the API listed it: its properties key says which one."""
        self.delete("bindings", vhost, *_ends(binding), binding.properties_key)

    # Messages --------------------------------------------------------------------------------

    def publish(
        self,
        exchange: str,
        routing_key: str,
        body: bytes,
        vhost: str = "/",
        properties: Mapping[str, Any] = NOTHING,
    ) -> bool:
        """Whether some queue took it."""
        told = {
            "routing_key": routing_key,
            "properties": properties,
            "payload": base64.b64encode(body).decode(),
            "payload_encoding": "base64",
        }
        answer = self.post("exchanges", vhost, _exchange(exchange), "publish", body=told)
        return bool(read(answer, Fields)["routed"])

    def messages(
        self,
        queue: str,
        vhost: str = "/",
        *,
        count: int = 1,
        ack_mode: AckMode = "ack_requeue_false",
    ) -> list[Message]:
        """Takes so many at most out of the queue, unless the mode puts them back."""
        told = {"count": count, "ackmode": ack_mode, "encoding": "auto"}
        return read(self.post("queues", vhost, queue, "get", body=told), list[Message])

    # Vhosts, users, rules ----------------------------------------------------------------------

    def vhosts(self) -> list[Vhost]:
        return self.get("vhosts", wanted=list[Vhost])

    def add_vhost(self, name: str) -> None:
        self.put("vhosts", name)

    def delete_vhost(self, name: str) -> None:
        self.delete("vhosts", name)

    def users(self) -> list[User]:
        return self.get("users", wanted=list[User])

    def add_user(self, name: str, password: str, tags: Sequence[str] = ()) -> None:
        self.put("users", name, body={"password": password, "tags": ",".join(tags)})

    def delete_user(self, name: str) -> None:
        self.delete("users", name)

    def permissions(self) -> list[Permission]:
        return self.get("permissions", wanted=list[Permission])

    def set_permission(self, permission: Permission) -> None:
        told = {name: getattr(permission, name) for name in ("configure", "write", "read")}
        self.put("permissions", permission.vhost, permission.user, body=told)

    def topic_permissions(self) -> list[TopicPermission]:
        return self.get("topic-permissions", wanted=list[TopicPermission])

    def policies(self, vhost: str | None = None) -> list[Policy]:
        return self.get("policies", *_of(vhost), wanted=list[Policy])

    def set_policy(self, policy: Policy) -> None:
        told = {
            "pattern": policy.pattern,
            "definition": policy.definition,
            "priority": policy.priority,
            "apply-to": policy.apply_to,
        }
        self.put("policies", policy.vhost, policy.name, body=told)

    def delete_policy(self, name: str, vhost: str = "/") -> None:
        self.delete("policies", vhost, name)


def _of(vhost: str | None) -> tuple[str, ...]:
    return () if vhost is None else (vhost,)


def _ends(binding: Binding) -> tuple[str, ...]:
    source = _exchange(binding.source)
    return ("e", source, binding.destination_type[0], binding.destination)


def _exchange(name: str) -> str:
    """As paths have it: an empty segment would be none."""
    return name or "amq.default"
