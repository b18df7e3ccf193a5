"""Waiting until a change is safe and followed."""

import asyncio

import leveret
from leveret import Policy
from leveret.broker.queues.queue import QueueOptions
from leveret.durable import wait_settled


def test_a_change_is_durable_and_followed_when_the_wait_is_over(tmp_path):
    async def scene():
        settings = leveret.Settings(data_dir=tmp_path)
        async with leveret.Broker(settings=settings) as running:
            broker = running._node.broker
            vhost = broker.vhosts["/"]
            for number in range(3000):
                vhost.create_queue(f"q{number}", QueueOptions(durable=True), None)
            broker.parameters.set_policy("/", Policy("short", "^q", {"max-length": 5}))
            was_settled = not vhost.is_following
            await wait_settled(broker)
            followed = {queue.policy.policy for queue in vhost.queues.values()}
            return was_settled, vhost.is_following, followed

    assert asyncio.run(scene()) == (False, False, {"short"})


def test_nothing_to_wait_for_is_over_at_once():
    async def scene():
        async with leveret.Broker() as running:
            await asyncio.wait_for(wait_settled(running._node.broker), 5)

    asyncio.run(scene())
