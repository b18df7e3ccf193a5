"""A relay between two nodes, where their network is made as bad as a test wants it."""

import asyncio
import contextlib


class Relay:
    """One way to a node: who dials the relay is connected to it, unless it is cut.

    overheard: where all that it brings, both ways, is written down.
    pause_s: after each piece that it brings.
    """

    def __init__(self, goal):
        self.overheard = None
        self.pause_s = 0
        self._goal = goal
        self._server = None
        self._writers = []
        self._tasks = set()
        self._is_cut = False
        self._flows = asyncio.Event()
        self._flows.set()

    async def start(self, host):
        self._server = await asyncio.start_server(self._serve, host, 0)
        return self._server.sockets[0].getsockname()[:2]

    async def stop(self):
        self.cut()
        # asyncio loses a socket that knocked before its server was closed: nobody knocks any more,
        # who is being let in gets in and is sent away, and then the door is closed.
        for each in self._server.sockets:
            asyncio.get_running_loop().remove_reader(each.fileno())
        await asyncio.sleep(0.01)
        self._server.close()
        self.lose()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _serve(self, reader, writer):
        self._tasks.add(asyncio.current_task())
        self._writers.append(writer)
        if self._is_cut:
            writer.transport.abort()
            return
        with contextlib.suppress(OSError):
            far_reader, far_writer = await asyncio.open_connection(*self._goal())
            self._writers.append(far_writer)
            await asyncio.gather(self._bring(reader, far_writer), self._bring(far_reader, writer))
        writer.transport.abort()

    async def _bring(self, reader, writer):
        with contextlib.suppress(OSError):
            while octets := await reader.read(65_536):
                await self._flows.wait()
                if self.overheard is not None:
                    self.overheard += octets
                writer.write(octets)
                await writer.drain()
                await asyncio.sleep(self.pause_s)
        writer.close()

    def lose(self):
        for writer in self._writers:
            writer.transport.abort()
        self._writers.clear()

    def cut(self):
        self._is_cut = True
        self.lose()

    def heal(self):
        self._is_cut = False

    def hold(self):
        self._flows.clear()

    def release(self):
        self._flows.set()
