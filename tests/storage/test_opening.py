import asyncio

import pytest

from leveret.broker.changes import QueueDeclared, VhostAdded
from leveret.errors import StartRefused
from leveret.storage.catalogue import CatalogueFile
from leveret.storage.opening import LoopTimers, open_engine
from tests.storage.hand import DURABLE, message

QUEUE = QueueDeclared(1, "/", "q", DURABLE)


def run(scene):
    return asyncio.run(scene())


async def opened(path, **how):
    return open_engine(path, asyncio.get_running_loop(), is_synced=True, **how)


def test_what_was_committed_is_there_when_the_directory_is_opened_again(tmp_path):
    async def scene():
        engine = await opened(tmp_path)
        durable = asyncio.Event()
        engine.storage.catalogue.commit(VhostAdded("orders"))
        engine.storage.durability.when_durable(durable.set)
        await durable.wait()
        engine.close()
        engine = await opened(tmp_path)
        changes = list(engine.storage.catalogue.load())
        engine.close()
        return changes

    assert run(scene) == [VhostAdded("orders")]


def test_the_directory_has_a_place_for_each_kind_of_thing(tmp_path):
    async def scene():
        (await opened(tmp_path)).close()

    run(scene)
    names = {path.name for path in tmp_path.iterdir()}
    assert names == {"messages", "spill", "metadata.sqlite"}


def test_a_directory_that_can_not_be_used_is_refused_by_name(tmp_path):
    (tmp_path / "messages").write_text("not a directory")

    async def scene():
        with pytest.raises(StartRefused, match=r"cannot read the data directory .*messages"):
            await opened(tmp_path)

    run(scene)


def test_messages_without_their_catalogue_are_not_thrown_away(tmp_path):
    async def scene():
        engine = await opened(tmp_path)
        durable = asyncio.Event()
        engine.storage.catalogue.commit(QUEUE)
        engine.storage.messages.append(message(1, b"kept"), (QUEUE.number,))
        engine.storage.durability.when_durable(durable.set)
        await durable.wait()
        engine.close()
        (tmp_path / "metadata.sqlite").unlink()
        with pytest.raises(StartRefused, match=r"metadata.sqlite is missing, and the messages in"):
            await opened(tmp_path)

    run(scene)
    assert not (tmp_path / "metadata.sqlite").exists()


def test_a_refused_start_lets_go_of_the_catalogue(tmp_path, monkeypatch):
    closed = []
    monkeypatch.setattr(CatalogueFile, "close", lambda file: closed.append(file.path.name))

    async def scene():
        (tmp_path / "messages").mkdir()
        (tmp_path / "metadata.sqlite").touch()
        (tmp_path / "messages" / f"{1:016x}.segment").write_bytes(b"Dear diary, " * 100)
        with pytest.raises(StartRefused):
            await opened(tmp_path)

    run(scene)
    assert closed == ["metadata.sqlite"]


def test_timers_are_the_loops():
    async def scene():
        told = []
        timers = LoopTimers(asyncio.get_running_loop())
        timers.later(0.01, lambda: told.append("later"))
        timers.soon(lambda: told.append("soon"))
        await asyncio.sleep(0.05)
        return told

    assert run(scene) == ["soon", "later"]
