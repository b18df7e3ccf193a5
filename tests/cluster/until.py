"""Waiting for what nobody tells of."""

import asyncio


async def until(is_so, patience_s=30.0):
    """is_so: says whether it is, or a coroutine function that does."""
    async with asyncio.timeout(patience_s):
        while True:
            found = is_so()
            if await found if asyncio.iscoroutine(found) else found:
                return
            await asyncio.sleep(0.02)
