"""Ask the worker to resize pictures: python publish.py sea.png hill.png."""

import asyncio
import os
import sys

import aio_pika

URL = os.environ.get("LEVERET_URL", "amqp://guest:guest@127.0.0.1:5672/")


async def main():
    async with await aio_pika.connect(URL) as connection:
        channel = await connection.channel()
        queue = await channel.declare_queue("pictures")
        for name in sys.argv[1:]:
            await channel.default_exchange.publish(
                aio_pika.Message(name.encode()), routing_key=queue.name
            )
            print(f"asked for {name!r}")


asyncio.run(main())
