"""Wake two hares, the one that was named first later than the other: python ask.py."""

import time
from datetime import UTC, datetime, timedelta

from tasks import send_at, wake

started = time.monotonic()
now = datetime.now(UTC)
late = send_at(wake, now + timedelta(seconds=2), "the old hare")
soon = send_at(wake, now + timedelta(seconds=1), "the young hare")
for answer in (soon, late):
    print(f"{answer.get(timeout=30)} after {int(time.monotonic() - started)} s")
