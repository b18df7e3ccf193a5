"""What paths and queries name: each {segment}, and what may be asked of a listing."""

from __future__ import annotations

from typing import Any, Final

Schema = dict[str, Any]

SEGMENTS: Final = {
    "vhost": "a vhost; / is %2F",
    "name": "what the thing is called",
    "source": "the exchange that a binding starts from",
    "destination": "the queue or exchange that a binding leads to",
    "props": "a binding's properties_key",
    "user": "a user",
    "exchange": "an exchange",
    "component": "what a parameter is for",
    "node": "the node",
    "password": "a password",
    "within": "how many units of time",
    "unit": "days, weeks, months or years",
    "port": "a port number",
    "protocol": "amqp, http, https, ...",
    "protocols": "amqp, http, https, ...; several with commas between them",
    "pattern": "a pattern of names",
}

# Name, schema, meaning.
Asked = tuple[str, Schema, str]
COLUMNS: Final[Asked] = (
    "columns",
    {"type": "string"},
    "the fields wanted: name,message_stats.publish",
)
SORTING: Final[tuple[Asked, ...]] = (
    COLUMNS,
    ("sort", {"type": "string"}, "the field to sort by, message_stats.publish too"),
    ("sort_reverse", {"type": "boolean"}, "the other way round"),
)
PAGING: Final[tuple[Asked, ...]] = (
    ("page", {"type": "integer", "minimum": 1}, "which page; without it the whole comes"),
    ("page_size", {"type": "integer", "minimum": 1, "maximum": 500}, "how many make a page"),
    ("name", {"type": "string"}, "what names must have in them"),
    ("use_regex", {"type": "boolean"}, "name is a pattern"),
)
SAMPLES: Final[tuple[Asked, ...]] = tuple(
    (f"{kind}_{what}", {"type": "integer", "minimum": 1}, f"{about} of {kind.replace('_', ' ')}")
    for kind in ("msg_rates", "lengths", "data_rates", "node_stats")
    for what, about in (("age", "how many seconds back"), ("incr", "seconds between two samples"))
)

LISTS_OF: Final[dict[str, tuple[Asked, ...]]] = {
    "queues": PAGING,
    "exchanges": PAGING,
    "connections": PAGING,
    "channels": PAGING,
    "consumers": (),
    "bindings": (),
    "vhosts": (),
    "users": (),
    "nodes": (),
    "permissions": (),
    "topic-permissions": (),
    "parameters": (),
    "global-parameters": (),
    "policies": (),
    "operator-policies": (),
    "vhost-limits": (),
    "user-limits": (),
}
# Sampled, alone or in a list.
WITH_SAMPLES: Final = {
    "overview", "queues", "exchanges", "connections", "channels", "vhosts", "nodes"
}  # fmt: skip
ONLY_IF: Final = {
    "/queues/{vhost}/{name}": ("if-empty", "if-unused"),
    "/exchanges/{vhost}/{name}": ("if-unused",),
}
# Of looking at messages.
_LOOKING: Final[tuple[Asked, ...]] = (
    ("state", {"enum": ["ready", "unacknowledged"]}, "which messages; ready without it"),
    (
        "from",
        {"type": "string"},
        "the place in line to begin at, 0 first; of a stream an offset, first, last, next or 1h",
    ),
    ("count", {"type": "integer", "minimum": 0, "maximum": 500}, "how many; 100 without it"),
    ("truncate", {"type": "integer", "minimum": 0}, "so many octets of each payload"),
    ("encoding", {"enum": ["auto", "base64"]}, "of payloads; auto: as text where they are text"),
    ("search", {"type": "string"}, "a text that they must have in them"),
    ("search_in", {"type": "string"}, "where: some of body,properties,address"),
)
OWN: Final = {
    "/queues/{vhost}/{name}/messages": _LOOKING,
    "/exchanges/{vhost}/{name}/delayed": (
        ("node", {"type": "string"}, "the node that holds them; the one that is asked without it"),
        *_LOOKING[1:],
    ),
}


def in_path(path: str) -> list[Schema]:
    names = [word.strip("{}") for word in path.split("/") if word.startswith("{")]
    return [
        {
            "name": name,
            "in": "path",
            "required": True,
            "description": SEGMENTS[name],
            "schema": {"type": "string", "minLength": 1},
        }
        for name in names
    ]


def in_query(path: str, method: str) -> list[Schema]:
    """What may be asked, besides what the path says."""
    return [
        {"name": name, "in": "query", "description": about, "schema": schema}
        for name, schema, about in _asked(path, method)
    ]


def _asked(path: str, method: str) -> list[Asked]:
    kind = path.split("/")[1]
    if method == "DELETE":
        return [(name, {"type": "boolean"}, "refuse else") for name in ONLY_IF.get(path, ())]
    if method != "GET":
        return []
    if path in OWN:
        return [*OWN[path]]
    of_list = [*SORTING, *LISTS_OF[kind]] if is_list(path) else []
    return [*of_list, *(SAMPLES if kind in WITH_SAMPLES else ())]


def is_list(path: str) -> bool:
    """Whether things are listed there: /queues and /queues/{vhost}."""
    first, *rest = path.split("/")[1:]
    return first in LISTS_OF and rest in ([], ["{vhost}"]) and path != "/vhosts/{vhost}"
