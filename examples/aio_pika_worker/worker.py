"""An asyncio worker on aio-pika: resize pictures named in the queue 'pictures'. Ctrl+C stops.

connect_robust reconnects and declares queues and consumers again when the broker restarts.
message.process() acknowledges at the end of the block and rejects if the block raises.
"""

import asyncio
import os

import aio_pika

URL = os.environ.get("LEVERET_URL", "amqp://guest:guest@127.0.0.1:5672/")


async def resize(message):
    async with message.process():
        await asyncio.sleep(0.01)
        print(f"resized {message.body.decode()!r}")


async def main():
    connection = await aio_pika.connect_robust(URL)
    async with connection:
        channel = await connection.channel()
        await channel.set_qos(prefetch_count=10)
        queue = await channel.declare_queue("pictures")
        await queue.consume(resize)
        print("waiting for pictures")
        await asyncio.Future()


asyncio.run(main())
