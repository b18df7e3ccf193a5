"""The older checks: does a message go through, and is anything wrong with the node?"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Final

from leveret.broker.queues.queue import QueueOptions
from leveret.broker.sending import compose
from leveret.broker.tallies import count_publish
from leveret.management.answers import Json
from leveret.management.elsewhere.ways import at, at_node, home_of
from leveret.management.refusals import erlang_list
from leveret.management.resource import MANAGEMENT, VHOST, Resource
from leveret.management.routes.health_checks import failed
from leveret.management.routes.nodes import named_node
from leveret.wire.properties import NO_PROPERTIES
from leveret.writing import with_pen

if TYPE_CHECKING:
    from collections.abc import Awaitable

    from leveret.broker.access import Access
    from leveret.broker.queues.kinds import AnyQueue
    from leveret.management.answers import Answer, Handler
    from leveret.management.call import Call

QUEUE: Final = "aliveness-test"
BODY: Final = b"test_message"
OK: Final = {"status": "ok"}
# A message that was paged out comes back within that; else the disk does not answer.
PATIENCE_S: Final = 10.0


async def try_vhost(call: Call) -> Answer:
    """A queue is declared, a message goes in and comes out. The queue stays, as RabbitMQ's does:
    who asks each second does not want one made each second."""
    access = call.access(call.vhost)
    queue = await with_pen(call.broker, lambda: access.declare_queue(QUEUE, QueueOptions()))
    _publish(access)
    if not await _taken(access.readable_queue(QUEUE)):
        return failed(f"a message to '{QUEUE}' did not come out of it: has it a consumer?")
    queue.touch()
    return Json(OK)


def _publish(access: Access) -> None:
    route = access.route("", QUEUE)
    access.vhost.sender.send(compose("", QUEUE, NO_PROPERTIES, BODY), route)
    count_publish(access.vhost.tally, route)


async def _taken(queue: AnyQueue) -> bool:
    """Whether a message was there to be taken."""
    taken = queue.get()
    while taken is None and queue.is_loading:
        loaded = asyncio.Event()
        queue.when_loaded(loaded.set)
        try:
            async with asyncio.timeout(PATIENCE_S):
                await loaded.wait()
        except TimeoutError:
            return False
        taken = queue.get()
    if taken is None:
        return False
    message, _redelivered = taken
    if message.is_stored:
        queue.settle(message)
    return True


def check_node(call: Call) -> Answer:
    """Alarms, in the words of the check that RabbitMQ keeps for old tools."""
    node, resources = call.look.node, call.broker.alarms.resources
    if not resources:
        return Json(OK)
    told = [f"{{resource_limit,{resource},'{node}'}}" for resource in resources]
    return failed(f"resource alarm(s) in effect:{erlang_list(told)}")


def check_named_node(call: Call) -> Answer:
    named_node(call)
    return check_node(call)


def _at_its_home(call: Call, handler: Handler) -> Answer | Awaitable[Answer]:
    return at(call, home_of(call, QUEUE), handler)


RESOURCES = (
    Resource(
        "/aliveness-test/{vhost}",
        VHOST,
        "Declares the queue aliveness-test, publishes to it and gets the message back.",
        get=try_vhost,
        among={"GET": _at_its_home},
    ),
    Resource("/healthchecks/node", MANAGEMENT, "Is the node well?", get=check_node),
    Resource(
        "/healthchecks/node/{node}",
        MANAGEMENT,
        "Is the node well?",
        get=check_named_node,
        among={"GET": at_node},
    ),
)
