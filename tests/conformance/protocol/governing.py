"""Steps of an administrator, between those of clients: policies, limits, vhosts.

Names, patterns and texts may hold `~` as anywhere in a script.
"""

from collections.abc import Callable
from typing import Any

from leveret import Permission, Policy, VhostMetadata
from tests.brokers import Admin
from tests.conformance.protocol.script import Run, Step

OWN = "~v"  # The script's own vhost, which connections named "elsewhere..." enter.
EVERYTHING = Permission(".*", ".*", ".*")


def govern(act: Callable[[Admin, Callable[[Any], Any]], None]) -> Step:
    """`act` gets the administrator, and what puts the script's prefix into a value."""

    def step(current: Run, _client: object) -> None:
        def prefixed(value: Any) -> Any:
            if isinstance(value, dict):
                return {key: prefixed(each) for key, each in value.items()}
            return value.replace("~", current.prefix) if isinstance(value, str) else value

        act(current.endpoint.admin, prefixed)

    return Step(step)


def policy(
    definition: dict[str, Any],
    *,
    name: str = "~p",
    pattern: str = "^~q$",
    vhost: str = "/",
    **rest: Any,
) -> Step:
    """Set a policy, of the queue ~q unless told otherwise. rest: priority, apply_to."""

    def act(admin: Admin, prefixed: Callable[[Any], Any]) -> None:
        made = Policy(prefixed(name), prefixed(pattern), prefixed(definition), **rest)
        admin.set_policy(made, prefixed(vhost))

    return govern(act)


def operator_policy(definition: dict[str, Any], name: str = "~p", **rest: Any) -> Step:
    def act(admin: Admin, prefixed: Callable[[Any], Any]) -> None:
        admin.set_operator_policy(Policy(prefixed(name), prefixed("^~q$"), definition, **rest))

    return govern(act)


def no_policy(name: str = "~p") -> Step:
    return govern(lambda admin, prefixed: admin.clear_policy(prefixed(name)))


def no_operator_policy(name: str = "~p") -> Step:
    return govern(lambda admin, prefixed: admin.clear_operator_policy(prefixed(name)))


def own_vhost(default_queue_type: str | None = None) -> Step:
    """Make the script's own vhost, which guest may enter."""

    def act(admin: Admin, prefixed: Callable[[Any], Any]) -> None:
        metadata = VhostMetadata(default_queue_type=default_queue_type)
        admin.add_vhost(prefixed(OWN), metadata)
        admin.set_permission("guest", EVERYTHING, prefixed(OWN))

    return govern(act)


def remove_own_vhost() -> Step:
    return govern(lambda admin, prefixed: admin.remove_vhost(prefixed(OWN)))


def own_limits(**limits: int) -> Step:
    """max_queues, max_connections of the script's own vhost."""
    said = {key.replace("_", "-"): value for key, value in limits.items()}
    return govern(lambda admin, prefixed: admin.set_vhost_limits(said, prefixed(OWN)))
