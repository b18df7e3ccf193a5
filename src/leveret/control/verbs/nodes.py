"""The node itself: what runs in it, and whether it runs."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from leveret.control.call import Call


async def start_app(call: Call) -> None:
    await call.host.start_app()


async def stop_app(call: Call) -> None:
    await call.host.stop_app()


VERBS = {"start_app": start_app, "stop_app": stop_app}
# What can be asked while the application is stopped.
ALWAYS = frozenset(VERBS)
