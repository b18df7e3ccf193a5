"""What the management API tells of, as values.

Rule: every field has what it is when the API leaves it out, since it does where statistics are not
there yet, and a field that is not named here is passed over. RabbitMQ writes an object without
fields as an empty list; `request.py` makes up for that.
"""

from __future__ import annotations

import base64
from typing import Any, Generic, TypeVar

from msgspec import Struct, field

Thing = TypeVar("Thing")
Fields = dict[str, Any]


class Rate(Struct, frozen=True, kw_only=True):
    rate: float = 0.0


class MessageStats(Struct, frozen=True, kw_only=True):
    """How many there were, and how many a second there are."""

    publish: int = 0
    publish_details: Rate = Rate()
    confirm: int = 0
    deliver: int = 0
    deliver_no_ack: int = 0
    get: int = 0
    get_no_ack: int = 0
    get_empty: int = 0
    deliver_get: int = 0
    deliver_get_details: Rate = Rate()
    ack: int = 0
    ack_details: Rate = Rate()
    redeliver: int = 0
    return_unroutable: int = 0
    drop_unroutable: int = 0
    publish_in: int = 0
    publish_out: int = 0


class Overview(Struct, frozen=True, kw_only=True):
    management_version: str = ""
    rabbitmq_version: str = ""
    product_name: str = ""
    product_version: str = ""
    cluster_name: str = ""
    node: str = ""
    message_stats: MessageStats = MessageStats()
    queue_totals: Fields = field(default_factory=dict)
    object_totals: dict[str, int] = field(default_factory=dict)
    listeners: list[Fields] = field(default_factory=list)


class Node(Struct, frozen=True, kw_only=True):
    name: str
    type: str = ""
    running: bool = False
    uptime: int = 0
    mem_used: int = 0
    mem_limit: int = 0
    mem_alarm: bool = False
    disk_free: int | str = 0
    disk_free_limit: int | str = 0
    disk_free_alarm: bool = False
    fd_used: int = 0
    fd_total: int = 0
    sockets_used: int = 0
    sockets_total: int = 0


class Vhost(Struct, frozen=True, kw_only=True):
    name: str
    description: str = ""
    tags: list[str] = field(default_factory=list)
    default_queue_type: str | None = None
    tracing: bool = False
    messages: int = 0
    messages_ready: int = 0
    messages_unacknowledged: int = 0


class Queue(Struct, frozen=True, kw_only=True):
    name: str
    vhost: str = ""
    type: str = "classic"
    durable: bool = False
    auto_delete: bool = False
    exclusive: bool = False
    arguments: Fields = field(default_factory=dict)
    policy: str | None = None
    operator_policy: str | None = None
    node: str = ""
    state: str = ""
    consumers: int = 0
    memory: int = 0
    messages: int = 0
    messages_ready: int = 0
    messages_unacknowledged: int = 0
    message_stats: MessageStats = MessageStats()


class Exchange(Struct, frozen=True, kw_only=True):
    name: str
    vhost: str = ""
    type: str = ""
    durable: bool = False
    auto_delete: bool = False
    internal: bool = False
    arguments: Fields = field(default_factory=dict)
    policy: str | None = None
    message_stats: MessageStats = MessageStats()


class Binding(Struct, frozen=True, kw_only=True):
    source: str
    destination: str
    destination_type: str
    routing_key: str = ""
    vhost: str = ""
    arguments: Fields = field(default_factory=dict)
    properties_key: str = "~"


class Named(Struct, frozen=True, kw_only=True):
    name: str
    vhost: str = ""


class Consumer(Struct, frozen=True, kw_only=True):
    consumer_tag: str
    queue: Named
    channel_details: Fields = field(default_factory=dict)
    ack_required: bool = False
    exclusive: bool = False
    active: bool = True
    activity_status: str = ""
    prefetch_count: int = 0
    arguments: Fields = field(default_factory=dict)


class Connection(Struct, frozen=True, kw_only=True):
    name: str
    user: str = ""
    vhost: str = ""
    state: str = ""
    protocol: str = ""
    user_provided_name: str = ""
    peer_host: str = ""
    peer_port: int = 0
    channels: int = 0
    client_properties: Fields = field(default_factory=dict)
    recv_oct: int = 0
    send_oct: int = 0


class Channel(Struct, frozen=True, kw_only=True):
    name: str
    number: int = 0
    user: str = ""
    vhost: str = ""
    state: str = ""
    confirm: bool = False
    transactional: bool = False
    consumer_count: int = 0
    prefetch_count: int = 0
    global_prefetch_count: int = 0
    messages_unacknowledged: int = 0
    messages_unconfirmed: int = 0
    connection_details: Fields = field(default_factory=dict)


class User(Struct, frozen=True, kw_only=True):
    name: str
    tags: list[str] = field(default_factory=list)
    password_hash: str = ""
    hashing_algorithm: str = ""
    limits: dict[str, int] = field(default_factory=dict)


class Permission(Struct, frozen=True, kw_only=True):
    user: str
    vhost: str
    configure: str
    write: str
    read: str


class TopicPermission(Struct, frozen=True, kw_only=True):
    user: str
    vhost: str
    exchange: str
    write: str
    read: str


class Policy(Struct, frozen=True, kw_only=True, rename={"apply_to": "apply-to"}):
    name: str
    pattern: str
    definition: Fields
    vhost: str = "/"
    apply_to: str = "all"
    priority: int = 0


class Health(Struct, frozen=True, kw_only=True):
    """What a health check found; is_well: whether all is as it should be."""

    status: str
    reason: str = ""

    @property
    def is_well(self) -> bool:
        return self.status == "ok"


class Message(Struct, frozen=True, kw_only=True):
    """A message that was got. message_count: how many the queue has left."""

    payload: str
    payload_bytes: int
    payload_encoding: str
    routing_key: str
    exchange: str = ""
    redelivered: bool = False
    message_count: int = 0
    properties: Fields = field(default_factory=dict)

    @property
    def body(self) -> bytes:
        """The payload's octets, unless it was asked for cut short."""
        if self.payload_encoding == "base64":
            return base64.b64decode(self.payload)
        return self.payload.encode()


class Page(Struct, Generic[Thing], frozen=True, kw_only=True):
    """Part of a listing."""

    items: list[Thing]
    page: int
    page_count: int
    page_size: int
    item_count: int
    filtered_count: int
    total_count: int
