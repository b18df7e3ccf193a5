"""Virtual hosts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from leveret.broker.errors import InvalidParameter
from leveret.broker.vhost_metadata import VhostMetadata
from leveret.control import exits
from leveret.control.call import Call, Rows, VerbRefused

if TYPE_CHECKING:
    from collections.abc import Callable

    from leveret.broker.vhost import Vhost
    from leveret.control.messages import Plain

COLUMNS: Final[dict[str, Callable[[Vhost], Plain]]] = {
    "name": lambda vhost: vhost.name,
    "description": lambda vhost: vhost.metadata.description,
    "tags": lambda vhost: list(vhost.metadata.tags),
    "default_queue_type": lambda vhost: vhost.metadata.default_queue_type or "undefined",
    "tracing": lambda vhost: vhost.firehose is not None,
    "cluster_state": lambda _vhost: "running",
}


def add_vhost(call: Call) -> None:
    tags = tuple(tag.strip() for tag in call.text("tags", "").split(",") if tag.strip())
    metadata = VhostMetadata(
        call.text("description", ""), tags, call.optional_text("default_queue_type")
    )
    try:
        call.broker.add_vhost(call.text("vhost"), metadata)
    except InvalidParameter as error:
        raise VerbRefused(exits.SOFTWARE, f"Error:\n{error}") from error


def list_vhosts(call: Call) -> Rows:
    columns = call.words("columns")
    vhosts = list(call.broker.vhosts.values())
    return Rows(columns, ([COLUMNS[name](vhost) for name in columns] for vhost in vhosts))


VERBS = {"add_vhost": add_vhost, "list_vhosts": list_vhosts}
