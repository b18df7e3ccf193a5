"""The log of the metadata: when it is there, and how many copies of it."""

from leveret.cluster.members.roll import Place, found
from leveret.cluster.metadata.opening import (
    METADATA,
    open_metadata,
    replicas_of,
    replicate_metadata,
)
from leveret.cluster.ports import NoMajority
from tests.cluster.metadata.world import play

PLACE = Place("127.0.0.1", 1, 2)


class Logs:
    """A majority is there at the second time."""

    def __init__(self):
        self.asked = []

    async def open(self, name, replicas):
        await self.change_replicas(name, replicas)
        return "the log"

    async def change_replicas(self, name, replicas):
        self.asked.append((name, replicas))
        if len(self.asked) == 1:
            raise NoMajority("nobody is there")


def test_metadata_have_a_copy_on_each_of_a_few_nodes():
    roll = found("c", "n0", PLACE)
    for count in range(1, 8):
        assert replicas_of(roll) == min(count, 5)
        roll = roll.with_member(f"n{count}", PLACE)


def test_the_log_is_opened_as_soon_as_there_is_a_majority(caplog):
    logs = Logs()
    opened = []

    async def scene():
        opened.append(await open_metadata(logs, found("c", "n0", PLACE), "n0"))

    play(scene())
    assert opened == ["the log"]
    assert logs.asked == [(METADATA, 1)] * 2
    assert "n0 waits for a majority" in caplog.text


def test_copies_are_made_as_soon_as_there_is_a_majority():
    logs = Logs()
    play(replicate_metadata(logs, 3))
    assert logs.asked == [(METADATA, 3)] * 2
