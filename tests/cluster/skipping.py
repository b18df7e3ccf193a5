"""An event loop in which nothing takes time but waiting, and waiting is skipped."""

import asyncio
import heapq


class SkippingLoop(asyncio.SelectorEventLoop):
    """Its clock stands at the timer that is due."""

    def __init__(self):
        super().__init__()
        self._now = 0.0

    def time(self):
        return self._now

    def _run_once(self):
        while self._scheduled and self._scheduled[0]._cancelled:
            heapq.heappop(self._scheduled)._scheduled = False
            self._timer_cancelled_count -= 1
        if not self._ready and self._scheduled:
            self._now = max(self._now, self._scheduled[0]._when)
        super()._run_once()
