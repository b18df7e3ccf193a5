"""A JetStream stream that holds a log: what it is made of, and how one entry gets into it.

Rule: an entry is put right behind the last one that is known to be kept, and the next is not sent
before this one is. Whoever was fenced off expects an end that the stream has left for good.
(Several on their way, each expecting the one before, would not do: when the first is lost on the
way and a fence takes its place, the second finds just the sequence that it expects.)
"""

from __future__ import annotations

import asyncio
import base64
import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING

from leveret.cluster.nats.client import Unanswered
from leveret.cluster.nats.connection import (
    NO_MESSAGE_FOUND,
    STREAM_NAME_IN_USE,
    STREAM_NOT_FOUND,
    WRONG_LAST_SEQUENCE,
    ApiError,
    Json,
    ask,
    request,
)
from leveret.cluster.nats.naming import (
    birth_of,
    fence_subject,
    record_subject,
    stream_of,
    subjects_of,
)
from leveret.cluster.nats.patience import AGAIN_S
from leveret.cluster.ports import NoSuchLog

if TYPE_CHECKING:
    from leveret.cluster.nats.client import Client


@dataclass(frozen=True, slots=True)
class Extent:
    """first: of the entries that were not purged; last + 1 when there is none."""

    first: int
    last: int


def configuration(name: str, replicas: int, tags: tuple[str, ...]) -> Json:
    """What a log's stream is; nothing leaves it but by a purge."""
    told: Json = {
        "name": stream_of(name),
        "subjects": [subjects_of(name, secrets.token_hex(4))],
        "retention": "limits",
        "storage": "file",
        "num_replicas": replicas,
        "max_msgs": -1,
        "max_bytes": -1,
        "max_age": 0,
        # What is found by a direct get may be what a copy that lags behind has.
        "allow_direct": False,
        # No entry has a message id; the window of duplicates is as small as it may be.
        "duplicate_window": 100_000_000,
    }
    if tags:
        told["placement"] = {"tags": list(tags)}
    return told


class Stream:
    """One of them, from one node. Whatever asks raises NoSuchLog once it was deleted.

    birth: which of those that had this name, one after the other. Known once it is made.
    """

    def __init__(self, client: Client, name: str) -> None:
        self.client = client
        self.name = name
        self.id = stream_of(name)
        self.birth = ""

    async def ask(self, verb: str, question: Json | None = None) -> Json:
        """verb: as STREAM.INFO. Raises Unanswered, NoSuchLog, ApiError."""
        try:
            return await ask(self.client, f"{verb}.{self.id}", question)
        except ApiError as error:
            if error.code == STREAM_NOT_FOUND:
                raise NoSuchLog(self.name) from None
            raise

    async def make(self, replicas: int, tags: tuple[str, ...]) -> None:
        """Make it where there is none."""
        told = await self._made(replicas, tags)
        self.birth = birth_of(told["config"]["subjects"][0])

    async def _made(self, replicas: int, tags: tuple[str, ...]) -> Json:
        try:
            return await self.ask("STREAM.INFO")
        except NoSuchLog:
            pass
        try:
            return await self.ask("STREAM.CREATE", configuration(self.name, replicas, tags))
        except ApiError as error:
            if error.code != STREAM_NAME_IN_USE:
                raise
            return await self.ask("STREAM.INFO")

    async def change(self, key: str, wanted: object) -> None:
        """One key of what it is made of; nothing where it is so already."""
        told: Json = (await self.ask("STREAM.INFO"))["config"]
        if told.get(key) == wanted:
            return
        await self.ask("STREAM.UPDATE", told | {key: wanted})

    async def servers(self) -> list[str]:
        """On which it lies, its leader first; of no name while it has none."""
        cluster = (await self.ask("STREAM.INFO")).get("cluster", {})
        others = [each["name"] for each in cluster.get("replicas") or ()]
        return [cluster.get("leader", ""), *others]

    async def extent(self) -> Extent:
        """As its leader has it, or who was its leader a few seconds ago."""
        told = await self.ask("STREAM.INFO")
        self.check_birth(told["config"]["subjects"][0])
        state = told["state"]
        # A stream in which nothing ever was says 0 for both.
        return Extent(max(state["first_seq"], 1), state["last_seq"])

    def check_birth(self, subject: str) -> None:
        """Raises NoSuchLog where this is another of the same name."""
        if birth_of(subject) != self.birth:
            raise NoSuchLog(self.name)

    async def put(self, octets: bytes, behind: int, *, is_fence: bool = False) -> bool:
        """Whether a majority has it on its disks right behind that entry; asks until it is known.

        False: another entry is there, for good.
        """
        while True:
            try:
                return await self._send(octets, behind, is_fence=is_fence)
            except (Unanswered, ApiError) as error:
                is_refused = isinstance(error, ApiError) and error.code in WRONG_LAST_SEQUENCE
            is_kept = await self._compare(octets, behind + 1)
            if is_kept is not None:
                return is_kept
            # Refused, and nothing there: what was sent before waits for its majority.
            await asyncio.sleep(AGAIN_S / 10 if is_refused else AGAIN_S)

    async def _send(self, octets: bytes, behind: int, *, is_fence: bool) -> bool:
        subject_of = fence_subject if is_fence else record_subject
        answer = await request(
            self.client,
            subject_of(self.name, self.birth),
            octets,
            {"Nats-Expected-Last-Sequence": str(behind), "Nats-Expected-Stream": self.id},
        )
        return bool(answer["seq"] == behind + 1)

    async def _compare(self, octets: bytes, number: int) -> bool | None:
        """Whether this is the entry that has the number; None when that is not known."""
        try:
            kept = await self.entry(number)
            if kept is not None:
                return kept == octets
            # Only a later writer can have purged it.
            return False if (await self.extent()).first > number else None
        except (Unanswered, ApiError):
            return None

    async def entry(self, number: int) -> bytes | None:
        """As the leader has it; None when it has none of this number."""
        try:
            answer = await self.ask("STREAM.MSG.GET", {"seq": number})
        except ApiError as error:
            if error.code == NO_MESSAGE_FOUND:
                return None
            raise
        return base64.b64decode(answer["message"].get("data", ""))

    async def purge(self, before: int) -> None:
        await self.ask("STREAM.PURGE", {"seq": before})
