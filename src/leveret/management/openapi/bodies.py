"""What requests carry, as JSON Schema: by path, then by method.

Rule: every PUT and POST is in BODIES or in BODILESS; tests hold the routes against it.
"""

from __future__ import annotations

from typing import Any, Final

Schema = dict[str, Any]

TEXT: Final[Schema] = {"type": "string"}
NUMBER: Final[Schema] = {"type": "integer"}
TABLE: Final[Schema] = {"type": "object"}
ANY: Final[Schema] = {}
NAMES: Final[Schema] = {"type": "array", "items": TEXT}
# rabbitmqadmin sends them as text.
YES_OR_NO: Final[Schema] = {"enum": [True, False, "true", "false"]}
# Tags are written as RabbitMQ's tools write them, or as a list.
TAGS: Final[Schema] = {"anyOf": [TEXT, NAMES]}
LIMIT: Final[Schema] = {"type": "integer", "description": "-1: no limit"}


def one_of(*words: str) -> Schema:
    return {"type": "string", "enum": list(words)}


def shape(must: dict[str, Schema] | None = None, **may: Schema) -> Schema:
    """An object: the fields that it must have, and those it may have."""
    told: Schema = {"type": "object", "properties": {**(must or {}), **may}}
    return {**told, "required": list(must)} if must else told


QUEUE: Final = shape(durable=YES_OR_NO, auto_delete=YES_OR_NO, arguments=TABLE, node=TEXT)
EXCHANGE: Final = shape(
    {"type": TEXT},
    durable=YES_OR_NO,
    auto_delete=YES_OR_NO,
    internal=YES_OR_NO,
    arguments=TABLE,
)
BINDING: Final = shape(routing_key=TEXT, arguments=TABLE)
PUBLISH: Final = shape({
    "properties": TABLE,
    "routing_key": TEXT,
    "payload": TEXT,
    "payload_encoding": one_of("string", "base64"),
})  # fmt: skip
GET: Final = shape(
    {
        "count": {"type": "integer", "minimum": 0},
        "ackmode": one_of(
            "ack_requeue_true", "ack_requeue_false", "reject_requeue_true", "reject_requeue_false"
        ),
        "encoding": one_of("auto", "base64"),
    },
    truncate={"type": "integer", "minimum": 0, "description": "so many octets of each payload"},
)
POSITIONS: Final[dict[str, Schema]] = {
    "positions": {
        "anyOf": [
            {"type": "array", "items": {"type": "integer", "minimum": 0}},
            {"enum": ["all"]},
        ],
        "description": "of the messages that were chosen, as looking at the queue shows them",
    }
}
VHOST: Final = shape(description=TEXT, tags=TAGS, default_queue_type=TEXT, tracing=YES_OR_NO)
USER: Final = shape({"tags": TAGS}, password=TEXT, password_hash=TEXT, hashing_algorithm=TEXT)
PERMISSION: Final = shape({"configure": TEXT, "write": TEXT, "read": TEXT})
TOPIC_PERMISSION: Final = shape({"exchange": TEXT, "write": TEXT, "read": TEXT})
POLICY: Final = shape(
    {"pattern": TEXT, "definition": TABLE},
    priority=NUMBER,
    **{"apply-to": one_of(
        "all", "queues", "classic_queues", "quorum_queues", "streams", "exchanges"
    )},
)  # fmt: skip
THINGS: Final[Schema] = {"type": "array", "items": TABLE}
DEFINITIONS: Final = shape(
    users=THINGS,
    vhosts=THINGS,
    permissions=THINGS,
    topic_permissions=THINGS,
    parameters=THINGS,
    global_parameters=THINGS,
    policies=THINGS,
    queues=THINGS,
    exchanges=THINGS,
    bindings=THINGS,
)
VALUE: Final = shape({"value": ANY})
LIMITED: Final = shape({"value": LIMIT})
BETWEEN: Final = "/bindings/{vhost}/e/{source}"
CREDENTIALS: Final = shape({"username": TEXT, "password": TEXT})

BODIES: Final[dict[str, dict[str, Schema]]] = {
    "/queues/{vhost}/{name}": {"PUT": QUEUE},
    "/queues/{vhost}/{name}/get": {"POST": GET},
    "/queues/{vhost}/{name}/messages/delete": {"POST": shape(POSITIONS)},
    "/queues/{vhost}/{name}/messages/move": {"POST": shape({**POSITIONS, "queue": TEXT})},
    "/queues/{vhost}/{name}/messages/requeue": {"POST": shape(POSITIONS)},
    "/queues/{vhost}/{name}/messages/republish": {
        "POST": shape({**POSITIONS, "exchange": TEXT}, routing_key=TEXT)
    },
    "/queues/{vhost}/{name}/messages/replay": {"POST": shape(POSITIONS)},
    "/queues/{vhost}/{name}/actions": {"POST": shape({"action": one_of("sync", "cancel_sync")})},
    "/exchanges/{vhost}/{name}": {"PUT": EXCHANGE},
    "/exchanges/{vhost}/{name}/publish": {"POST": PUBLISH},
    "/exchanges/{vhost}/{name}/explain": {
        "POST": shape({"routing_key": TEXT}, headers=TABLE, properties=TABLE)
    },
    f"{BETWEEN}/q/{{destination}}": {"POST": BINDING},
    f"{BETWEEN}/e/{{destination}}": {"POST": BINDING},
    "/vhosts/{vhost}": {"PUT": VHOST},
    "/users/{user}": {"PUT": USER},
    "/users/bulk-delete": {"POST": shape({"users": NAMES})},
    "/permissions/{vhost}/{user}": {"PUT": PERMISSION},
    "/topic-permissions/{vhost}/{user}": {"PUT": TOPIC_PERMISSION},
    "/topic-permissions/{vhost}/{user}/{exchange}": {"PUT": TOPIC_PERMISSION},
    "/parameters/{component}/{vhost}/{name}": {"PUT": VALUE},
    "/global-parameters/{name}": {"PUT": VALUE},
    "/policies/{vhost}/{name}": {"PUT": POLICY},
    "/operator-policies/{vhost}/{name}": {"PUT": POLICY},
    "/vhost-limits/{vhost}/{name}": {"PUT": LIMITED},
    "/user-limits/{user}/{name}": {"PUT": LIMITED},
    "/cluster-name": {"PUT": shape({"name": TEXT})},
    "/definitions": {"POST": DEFINITIONS},
    "/definitions/{vhost}": {"POST": DEFINITIONS},
    "/all-configuration": {"POST": DEFINITIONS},
    "/auth/hash_password": {"POST": shape({"password": TEXT})},
    "/login": {"POST": CREDENTIALS},
    "/session": {"POST": CREDENTIALS},
}

# Definitions come as JSON, or as a file in a form.
DEFINED: Final = {"/definitions", "/definitions/{vhost}", "/all-configuration"}
# Who asks is told by what is sent.
LOGINS: Final = {"/login", "/session"}
# A form's fields instead of JSON.
FORMS: Final = {"/login"}
# What is changed is said by the path alone.
BODILESS: Final = {
    "/rebalance/queues",
    "/vhosts/{vhost}/start/{node}",
    "/feature-flags/{name}/enable",
}
