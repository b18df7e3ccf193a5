"""The engine's configuration file: a plan, told in nats-server's words, which may be JSON.

Rule: whoever may read it has the passwords, so nobody may but its owner; it is replaced as a whole.
"""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING, Final

from leveret.cluster.engine.plan import LOOPBACK, address_of
from leveret.errors import StartRefused

if TYPE_CHECKING:
    from leveret.cluster.engine.plan import EngineMember, Plan, RouteTls

USER: Final = "leveret"
SYSTEM_USER: Final = "leveret-system"
ROUTE_USER: Final = "leveret-route"
CLUSTER: Final = "leveret"

# An entry of a log (cluster/nats/entries.py) and what is said around it.
PAYLOAD_BYTES_MAX: Final = 8 * 1024 * 1024
# Nothing of ours is kept in memory alone.
MEMORY_BYTES_MAX: Final = 64 * 1024 * 1024
# The node's own disk alarm holds publishers long before a disk is full; the engine shall not
# refuse what was published because of a share of the disk that it guessed at its start.
STORE_BYTES_MAX: Final = 1 << 50
# A frozen peer's route ends after 6 s, so that it is missed; without it after two minutes.
ROUTE_PING: Final = "2s"
ROUTE_PINGS_MAX: Final = 2
ROUTE_LOGIN_S: Final = 3


def conf_text(plan: Plan) -> str:
    told = {
        "server_name": plan.member.server,
        "server_tags": list(plan.tags),
        "listen": address_of(LOOPBACK, plan.client_port),
        "logtime": False,
        "max_payload": PAYLOAD_BYTES_MAX,
        "jetstream": {
            "store_dir": str(plan.store),
            "max_memory_store": MEMORY_BYTES_MAX,
            "max_file_store": STORE_BYTES_MAX,
            # The usual two minutes between syncs lose what was confirmed when the power fails.
            "sync_interval": "always",
        },
        "accounts": {
            "LEVERET": {
                "jetstream": "enabled",
                "users": [_user(USER, plan.passwords.client)],
            },
            "$SYS": {"users": [_user(SYSTEM_USER, plan.passwords.system)]},
        },
        "cluster": _cluster(plan),
    }
    return json.dumps(told, indent=2, ensure_ascii=False) + "\n"


def write_conf(plan: Plan) -> None:
    """Raises StartRefused."""
    draft = plan.conf_file.with_suffix(".new")
    try:
        plan.directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        draft.unlink(missing_ok=True)
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with open(descriptor, "w", encoding="utf-8") as file:
            file.write(conf_text(plan))
        draft.replace(plan.conf_file)
    except OSError as error:
        raise StartRefused(f"cannot write {plan.conf_file}: {error.strerror}") from error


def _user(name: str, password: str) -> dict[str, str]:
    return {"user": name, "password": password}


def _cluster(plan: Plan) -> dict[str, object]:
    route = _user(ROUTE_USER, plan.passwords.route)
    told: dict[str, object] = {
        "name": CLUSTER,
        "listen": address_of(plan.bind or "0.0.0.0", plan.member.port),  # noqa: S104  # as asked
        # What others hear of it is this, and not the address that a connection came from: with
        # several addresses on one machine two engines else never find each other.
        "advertise": plan.member.address,
        "no_advertise": True,
        "authorization": {**route, "timeout": ROUTE_LOGIN_S},
        "ping_interval": ROUTE_PING,
        "ping_max": ROUTE_PINGS_MAX,
        "routes": [_route(each, plan.passwords.route) for each in plan.members],
    }
    if plan.tls is not None:
        told["tls"] = _tls(plan.tls)
    return told


def _route(member: EngineMember, password: str) -> str:
    return f"nats-route://{ROUTE_USER}:{password}@{member.address}"


def _tls(tls: RouteTls) -> dict[str, object]:
    return {
        "cert_file": str(tls.certificate),
        "key_file": str(tls.key),
        "ca_file": str(tls.authorities),
        "verify": True,
        "timeout": ROUTE_LOGIN_S,
    }
