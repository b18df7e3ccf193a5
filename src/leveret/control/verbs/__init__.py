"""What can be asked of a node: a function for each verb, a module for each noun.

`VERBS` of each module names them, `COMMITS` those that change what all nodes of a cluster know, and
`AMONG` how they are answered there (elsewhere.py). They are imported when the first question comes.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from leveret.control.call import Verb
    from leveret.control.elsewhere import Way

MODULES: Final = (
    "attempts", "channels", "cluster", "connections", "definitions", "encryption", "events",
    "exchanges", "explaining", "features", "health", "logs", "messages", "nodes", "parameters",
    "permissions", "policies", "queues", "replicas", "resolving", "resources", "status",
    "unroutable", "users", "vhosts",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Known:
    """A verb, and whether it needs the application to run, or to be stopped.

    commits: it changes what all nodes know.
    among: how it is answered where there are other nodes; None as by one alone.
    """

    function: Verb
    needs_app: bool
    needs_no_app: bool = False
    commits: bool = False
    among: Way | None = None


def find(name: str) -> Known | None:
    return _all().get(name)


@cache
def _all() -> dict[str, Known]:
    known: dict[str, Known] = {}
    for module_name in MODULES:
        module = import_module(f"leveret.control.verbs.{module_name}")
        always: frozenset[str] = getattr(module, "ALWAYS", frozenset())
        stopped: frozenset[str] = getattr(module, "STOPPED", frozenset())
        commits: frozenset[str] = getattr(module, "COMMITS", frozenset())
        among: dict[str, Way] = getattr(module, "AMONG", {})
        for name, function in module.VERBS.items():
            known[name] = Known(
                function, name not in always, name in stopped, name in commits, among.get(name)
            )
    return known
