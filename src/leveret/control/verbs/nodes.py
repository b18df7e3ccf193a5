"""The node itself: its application stopped, started and reset, its listeners, its end."""

from __future__ import annotations

import asyncio
import os
from typing import TYPE_CHECKING, Final

from leveret.control import exits
from leveret.control.call import VerbRefused
from leveret.errors import StartRefused

if TYPE_CHECKING:
    from leveret.control.call import Call
    from leveret.control.messages import Plain

# The answer has to be on its way before the node that gives it ends.
GOODBYE_S: Final = 0.05


async def start_app(call: Call) -> None:
    try:
        await call.host.start_app()
    except StartRefused as refused:
        raise VerbRefused(exits.UNAVAILABLE, f"Error:\n{refused}") from refused


async def stop_app(call: Call) -> None:
    await call.host.stop_app()


async def reset(call: Call) -> None:
    """Back to a first start. A member leaves its cluster first, unless that is forced."""
    clustering = call.host.clustering
    try:
        if clustering is None:
            call.host.reset()
        else:
            await clustering.reset(is_forced=call.verb == "force_reset")
    except OSError as error:
        raise VerbRefused(exits.UNAVAILABLE, f"Error:\ncannot reset the node: {error}") from error


def stop(call: Call) -> Plain:
    """Its process, so that a tool on the same machine can wait for the end."""
    asyncio.get_running_loop().call_later(GOODBYE_S, call.host.told_to_stop.set)
    return os.getpid()


async def suspend_listeners(call: Call) -> None:
    await call.application.suspend()


async def resume_listeners(call: Call) -> None:
    try:
        await call.application.resume()
    except OSError as error:
        raise VerbRefused(exits.UNAVAILABLE, f"Error:\ncannot listen again: {error}") from error


VERBS = {
    "start_app": start_app,
    "stop_app": stop_app,
    "reset": reset,
    "force_reset": reset,
    "stop": stop,
    "shutdown": stop,
    "suspend_listeners": suspend_listeners,
    "resume_listeners": resume_listeners,
}
# What can be asked while the application is stopped.
# What can be asked only then.
STOPPED = frozenset({"reset", "force_reset"})
ALWAYS = frozenset(VERBS) - {"suspend_listeners", "resume_listeners"}
