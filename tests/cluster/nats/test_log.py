"""What only this engine has: entries of many records, and servers that die under load.

What every engine promises is in tests/cluster/logs.
"""

import asyncio
import contextlib
import itertools
import json

import pytest

from leveret.cluster.nats.client import Client
from leveret.cluster.nats.entries import entry_of
from leveret.cluster.ports import Deposed
from tests.cluster.logs.test_log import WORD, opened, safe, words, written
from tests.cluster.until import until

IN_FLIGHT = 200


class Load:
    """Numbered records, at most so many unanswered; safe: how many were told to be."""

    def __init__(self, log):
        self.safe = 0
        self.longest_pause_s = 0.0
        self._counted_at = asyncio.get_running_loop().time()
        self.stalls = []
        self._log = log
        self._moved = asyncio.Event()
        log.on_stalled(self.stalls.append)
        log.on_deposed(self._moved.set)

    async def run(self):
        for number in itertools.count():
            while number - self.safe >= IN_FLIGHT and self._log.is_writer:
                self._moved.clear()
                await self._moved.wait()
            ticket = self._log.append(WORD, b"%d" % number)
            self._log.when_safe(ticket, self._count)
            if number % 50 == 0:
                await asyncio.sleep(0)

    def _count(self):
        now = asyncio.get_running_loop().time()
        self.longest_pause_s = max(self.longest_pause_s, now - self._counted_at)
        self._counted_at = now
        self.safe += 1
        self._moved.set()

    async def grows_by(self, count):
        wanted = self.safe + count
        await until(lambda: self.safe >= wanted)


async def led_elsewhere(cluster, leader="vole"):
    """A log with load, written on hare, led on another node."""
    log = await written(cluster)
    await cluster.logs("hare").move_leader("jobs", leader)
    load = Load(log)
    return load, asyncio.create_task(load.run())


async def check(cluster, load):
    """All that was told to be safe is there, in order, each once."""
    found = await words(await written(cluster, "mouse"))
    assert found == [b"%d" % number for number in range(len(found))]
    assert len(found) >= load.safe


def test_what_is_appended_in_one_turn_is_one_entry(play):
    async def scene(cluster):
        log = await written(cluster)
        tickets = [log.append(WORD, b"x") for _ in range(100)]
        assert len({entry_of(each) for each in tickets}) == 1
        await safe(log, tickets[-1])
        assert entry_of(log.append(WORD, b"y")) == entry_of(tickets[-1]) + 1

    play(scene)


def test_what_is_appended_while_an_entry_is_on_its_way_is_the_next(play):
    async def scene(cluster):
        log = await written(cluster)
        first = log.append(WORD, b"a")
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        seconds = [log.append(WORD, b"b") for _ in range(3)]
        assert {entry_of(each) for each in seconds} == {entry_of(first) + 1}
        await safe(log, seconds[-1])
        assert await words(log) == [b"a", b"b", b"b", b"b"]

    play(scene)


def test_large_records_go_in_entries_of_their_own(play):
    async def scene(cluster):
        log = await written(cluster)
        octets = b"x" * 4 * 1024 * 1024
        tickets = [log.append(WORD, octets) for _ in range(3)]
        await safe(log, tickets[-1])
        assert len({entry_of(each) for each in tickets}) == 3
        assert await words(log) == [octets] * 3

    play(scene)


def test_a_deleted_log_deposes_its_writer(play):
    async def scene(cluster):
        log, deposed = await written(cluster), asyncio.Event()
        log.on_deposed(deposed.set)
        await cluster.logs("mouse").delete("jobs")
        # It may have looked already.
        with contextlib.suppress(Deposed):
            log.append(WORD, b"x")
        await deposed.wait()
        with pytest.raises(Deposed):
            log.append(WORD, b"y")

    play(scene)


def test_a_writer_whose_owner_fails_is_deposed_and_it_is_logged(play, caplog):
    async def scene(cluster):
        log, deposed = await written(cluster), asyncio.Event()
        log.on_deposed(deposed.set)
        log.when_safe(log.append(WORD, b"x"), lambda: {}["none"])
        await deposed.wait()
        assert not log.is_writer
        await log.take_over()
        await safe(log, log.append(WORD, b"y"))
        assert await words(log) == [b"x", b"y"]

    play(scene)
    assert "KeyError" in caplog.text


def test_a_log_whose_writer_missed_the_fence_looks_for_itself(play):
    async def scene(cluster):
        log, heard = await written(cluster), []
        log.on_deposed(lambda: heard.append("deposed"))
        await log.look_for_fence()
        assert heard == []
        new = await opened(cluster, "mouse")
        await new.take_over()
        await log.look_for_fence()
        assert heard == ["deposed"]

    play(scene)


def test_a_new_log_is_read_without_asking_for_anything(play, monkeypatch):
    async def scene(cluster):
        log = await opened(cluster, "hare")
        fence = await log.take_over()
        with monkeypatch.context() as nobody_answers:
            nobody_answers.setattr(log, "_stream", None)
            assert [each.sequence async for each in log.read(1, fence)] == [fence]
        await safe(log, log.append(WORD, b"x"))
        assert await words(log) == [b"x"]
        assert await log.take_over() > fence
        assert await words(log) == [b"x"]

    play(scene)


def test_whoever_has_not_written_since_looks_for_fences(play):
    async def scene(cluster):
        log, heard = await written(cluster), []
        log.on_deposed(lambda: heard.append("deposed"))
        await safe(log, log.append(WORD, b"x"))
        await log.look_when_idle()
        await log.look_when_idle()
        assert heard == []
        await (await opened(cluster, "mouse")).take_over()
        await log.look_when_idle()
        assert heard == ["deposed"]

    play(scene)


# Under load ------------------------------------------------------------------------------------


async def cut_connections(system):
    """Of all who are connected to any of the servers as ours; what was to be answered is lost.

    A server does what it is told only where it may answer."""
    come = asyncio.Queue()
    inbox = system.new_inbox()
    sid = system.subscribe(inbox, come.put_nowait)
    system.publish("$SYS.REQ.SERVER.PING.CONNZ", b'{"acc": "LEV"}', inbox)
    for _ in range(3):
        answer = json.loads((await come.get()).octets)
        for each in answer["data"]["connections"]:
            question = json.dumps({"cid": each["cid"]}).encode()
            await system.request(f"$SYS.REQ.SERVER.{answer['server']['id']}.KICK", question)
    system.unsubscribe(sid)


def test_connections_are_cut_under_load(play):
    async def scene(cluster):
        system = Client(cluster.servers.by_node["mouse"].endpoint.addresses()[1])
        await system.connect()
        load, loading = await led_elsewhere(cluster)
        for _ in range(8):
            await load.grows_by(500)
            await cut_connections(system)
        await load.grows_by(500)
        loading.cancel()
        assert load.longest_pause_s > 0.2
        await check(cluster, load)
        await system.close()

    play(scene)


def test_the_leader_is_killed_under_load(play):
    async def scene(cluster):
        load, loading = await led_elsewhere(cluster)
        await load.grows_by(1000)
        await cluster.kill("vole")
        await load.grows_by(2000)
        loading.cancel()
        await check(cluster, load)

    play(scene)


def test_the_leader_is_frozen_under_load_and_comes_back(play):
    async def scene(cluster):
        load, loading = await led_elsewhere(cluster)
        await load.grows_by(1000)
        await cluster.cut_off("vole")
        await load.grows_by(2000)
        await cluster.heal()
        await load.grows_by(2000)
        loading.cancel()
        assert load.stalls in ([], [True, False])
        await check(cluster, load)

    play(scene)


def test_a_writer_without_a_majority_waits_for_it(play):
    async def scene(cluster):
        load, loading = await led_elsewhere(cluster, "hare")
        await load.grows_by(1000)
        for node in ("mouse", "vole"):
            await cluster.cut_off(node)
        await until(lambda: load.stalls == [True])
        before = load.safe
        await asyncio.sleep(1)
        assert load.safe == before
        await cluster.heal()
        await load.grows_by(1000)
        assert load.stalls == [True, False]
        loading.cancel()
        await check(cluster, load)

    play(scene)


def test_a_stalled_writer_that_takes_over_again_stalls_no_more(play):
    async def scene(cluster):
        log, told = await written(cluster), asyncio.Queue()
        log.on_stalled(told.put_nowait)
        await cluster.cut_off("hare")
        log.append(WORD, b"x")
        assert await told.get() is True
        taking_over = asyncio.create_task(log.take_over())
        await asyncio.sleep(0)
        await cluster.heal()
        await taking_over
        assert await told.get() is False

    play(scene)


def test_all_are_killed_under_load_and_started_again(play):
    async def scene(cluster):
        load, loading = await led_elsewhere(cluster)
        await load.grows_by(1000)
        cluster.servers.kill()
        cluster.servers.start()
        await load.grows_by(2000)
        loading.cancel()
        await check(cluster, load)

    play(scene)


def test_the_writer_is_taken_over_from_under_load(play):
    async def scene(cluster):
        load, loading = await led_elsewhere(cluster)
        for _ in range(5):
            await load.grows_by(500)
            taken_at = await (await opened(cluster, "mouse")).take_over()
            with pytest.raises(Deposed):
                await loading
            old = await opened(cluster, "hare")
            assert old.last_sequence < taken_at
            found = await words(old)
            assert found == [b"%d" % number for number in range(len(found))]
            assert len(found) >= load.safe
            await cluster.logs("hare").delete("jobs")
            await old.close()
            load, loading = await led_elsewhere(cluster)
        loading.cancel()

    play(scene)
