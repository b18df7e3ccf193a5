"""cluster.json: where a node stands towards a cluster, in its data directory.

Rule: the file is whole or not there. A new one is written beside it, synced, and takes its place;
one that cannot be believed stops the start, as a node that took itself for alone would serve what
the cluster has given to others.
"""

from __future__ import annotations

import dataclasses
import json
import os
import zlib
from typing import TYPE_CHECKING, Any, Final

from leveret.cluster.members.roll import Member, Place, Roll
from leveret.cluster.members.standing import Phase, Standing
from leveret.errors import StartRefused

if TYPE_CHECKING:
    from pathlib import Path

NAME: Final = "cluster.json"
FORMAT: Final = 1


class StandingFile:
    def __init__(self, directory: Path) -> None:
        self.path = directory / NAME

    def read(self, node: str) -> Standing:
        """Where `node` stands; alone, where no file is."""
        try:
            octets = self.path.read_bytes()
        except FileNotFoundError:
            return Standing(node)
        except OSError as error:
            raise StartRefused(f"cannot read {self.path}: {error.strerror}") from error
        try:
            standing = decode(octets)
        except (ValueError, KeyError, TypeError) as error:
            raise StartRefused(f"{self.path} is damaged ({error}): restore it, or reset") from error
        if standing.node != node:
            raise StartRefused(
                f"{self.path} is of node {standing.node}: start it under that name, not as {node}"
            )
        return standing

    def write(self, standing: Standing) -> None:
        """Return when it would survive the power's failing."""
        draft = self.path.with_suffix(".json.new")
        with draft.open("wb") as file:
            file.write(encode(standing))
            file.flush()
            os.fsync(file.fileno())
        draft.replace(self.path)
        directory = os.open(self.path.parent, os.O_RDONLY)
        try:
            os.fsync(directory)
        finally:
            os.close(directory)


def encode(standing: Standing) -> bytes:
    told = dataclasses.asdict(dataclasses.replace(standing, roll=None))
    told["phase"] = standing.phase.value
    told["roll"] = _written(standing.roll) if standing.roll else None
    whole = {"format": FORMAT, "check": _check(told), "standing": told}
    return (json.dumps(whole, indent=1) + "\n").encode()


def decode(octets: bytes) -> Standing:
    """Raises ValueError, KeyError or TypeError for what encode has not written."""
    whole = json.loads(octets)
    if whole["format"] != FORMAT:
        raise ValueError(f"its format is {whole['format']}, not {FORMAT}")
    told = whole["standing"]
    if whole["check"] != _check(told):
        raise ValueError("its check sum is wrong")
    roll = _read(told["roll"]) if told["roll"] else None
    return Standing(**(told | {"phase": Phase(told["phase"]), "roll": roll}))


def write_roll(roll: Roll) -> bytes:
    """As it goes into the metadata, and to a node that joins."""
    return json.dumps(_written(roll)).encode()


def read_roll(octets: bytes) -> Roll:
    """Raises ValueError, KeyError or TypeError for what write_roll has not written."""
    return _read(json.loads(octets))


def _written(roll: Roll) -> dict[str, Any]:
    return {
        "cluster": roll.cluster,
        "revision": roll.revision,
        "members": [dataclasses.asdict(each) for each in roll.members],
        "given": dict(roll.given),
    }


def _read(told: dict[str, Any]) -> Roll:
    members = tuple(
        Member(each["node"], each["incarnation"], Place(**each["place"]))
        for each in told["members"]
    )
    return Roll(told["cluster"], told["revision"], members, told["given"])


def _check(told: dict[str, Any]) -> int:
    return zlib.crc32(json.dumps(told, sort_keys=True).encode())
