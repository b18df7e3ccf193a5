"""Queues and nodes of a cluster, said briefly."""

from leveret.broker.queues.queue import QueueOptions
from leveret.cluster.metadata.changes import QueueHoused
from leveret.cluster.mirroring.wanted import Asked, Cluster

FIVE = ("a", "b", "c", "d", "e")
THREE = FIVE[:3]


def ordinary(name, node):
    return QueueHoused("/", name, node)


def logged(name, node, members):
    return QueueHoused("/", name, node, f"{name}.1", tuple(members))


def cluster(members=THREE, living=None, housings=()):
    return Cluster(tuple(members), frozenset(members if living is None else living), housings)


def asked(policy=None, *, durable=True, exclusive=False, **arguments):
    """Arguments without their x-, and with underscores."""
    table = {f"x-{name.replace('_', '-')}": value for name, value in arguments.items()}
    return Asked(QueueOptions(durable, exclusive=exclusive, arguments=table), policy or {})


def ha(mode, params=None):
    return {"ha-mode": mode} | ({} if params is None else {"ha-params": params})
