"""What an engine has asked of its disk so far: how often, how many octets, for how long.

Told by whoever shows a node's figures; the domain itself does nothing with it.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(slots=True)
class DiskWork:
    """Since the node was started. None of these ever falls.

    syncs, sync_s: a write that is on the medium when it returns counts as both, and its time here.
    """

    reads: int = 0
    read_octets: int = 0
    read_s: float = 0.0
    writes: int = 0
    written_octets: int = 0
    write_s: float = 0.0
    syncs: int = 0
    sync_s: float = 0.0
