"""What a replicated log promises, whichever engine keeps it."""

import asyncio

import pytest

from leveret.cluster.ports import FENCE, Deposed, NoMajority, NoSuchLog
from tests.cluster.until import until

WORD = 7


async def opened(cluster, node="hare", name="jobs"):
    return await cluster.logs(node).open(name, 3)


async def written(cluster, node="hare", name="jobs"):
    log = await opened(cluster, node, name)
    await log.take_over()
    return log


async def safe(log, ticket):
    done = asyncio.Event()
    log.when_safe(ticket, done.set)
    await done.wait()


async def say(log, *words):
    """As records, until they are safe."""
    for word in words:
        ticket = log.append(WORD, word)
    await safe(log, ticket)


async def words(log, first=1, last=2**62):
    return [each.octets async for each in log.read(first, last) if each.kind == WORD]


async def until_read(log, *wanted):
    """Nothing tells when the engine has done what is not urgent."""

    async def is_read():
        return await words(log) == list(wanted)

    await until(is_read)


def test_what_is_safe_is_read_in_order_on_every_node(play):
    async def scene(cluster):
        log = await written(cluster)
        await say(log, b"a", b"b", b"c")
        for node in ("hare", "mouse", "vole"):
            assert await words(await opened(cluster, node)) == [b"a", b"b", b"c"]

    play(scene)


def test_tickets_grow_and_become_safe_in_order(play):
    async def scene(cluster):
        log, heard = await written(cluster), []
        tickets = [log.append(WORD, b"x") for _ in range(100)]
        for ticket in tickets:
            log.when_safe(ticket, lambda ticket=ticket: heard.append(ticket))
        assert heard == []
        await safe(log, tickets[-1])
        assert heard == tickets == sorted(set(tickets))
        assert log.safe_ticket == tickets[-1]

    play(scene)


def test_a_ticket_is_the_sequence_that_the_record_has(play):
    async def scene(cluster):
        log = await written(cluster)
        tickets = [log.append(WORD, b"%d" % number) for number in range(10)]
        await safe(log, tickets[-1])
        tickets.append(log.append(WORD, b"10"))
        await safe(log, tickets[-1])
        read = [each async for each in log.read(tickets[0], tickets[-1])]
        assert [(each.sequence, each.octets) for each in read] == [
            (ticket, b"%d" % number) for number, ticket in enumerate(tickets)
        ]
        part = [each.octets async for each in log.read(tickets[3], tickets[5])]
        assert part == [b"3", b"4", b"5"]

    play(scene)


def test_what_is_safe_already_is_told_later_all_the_same(play):
    async def scene(cluster):
        log = await written(cluster)
        ticket = log.append(WORD, b"x")
        await safe(log, ticket)
        heard = []
        log.when_safe(ticket, lambda: heard.append("safe"))
        assert heard == []
        await asyncio.sleep(0)
        assert heard == ["safe"]

    play(scene)


def test_nobody_writes_before_taking_over(play):
    async def scene(cluster):
        log = await opened(cluster)
        assert not log.is_writer
        with pytest.raises(Deposed):
            log.append(WORD, b"x")

    play(scene)


def test_one_log_on_one_node_is_one_object(play):
    async def scene(cluster):
        assert await opened(cluster) is await opened(cluster)

    play(scene)


def test_behind_the_fence_of_the_next_the_writer_before_writes_nothing(play):
    async def scene(cluster):
        old, heard = await written(cluster), []
        old.on_deposed(lambda: heard.append("deposed"))
        await say(old, b"a")
        new = await written(cluster, "mouse")
        if old.is_writer:
            with pytest.raises(TimeoutError):
                async with asyncio.timeout(2):
                    await safe(old, old.append(WORD, b"too late"))
        await say(new, b"b")
        assert await words(new) == [b"a", b"b"]
        assert not old.is_writer
        assert heard == ["deposed"]

    play(scene)


def test_an_idle_writer_hears_that_it_is_deposed(play):
    async def scene(cluster):
        old, deposed = await written(cluster), asyncio.Event()
        old.on_deposed(deposed.set)
        await written(cluster, "vole")
        await deposed.wait()
        with pytest.raises(Deposed):
            old.append(WORD, b"x")

    play(scene)


def test_whoever_takes_over_knows_where_the_log_ends(play):
    async def scene(cluster):
        old = await written(cluster)
        await say(old, b"a", b"b")
        new = await opened(cluster, "mouse")
        fence = await new.take_over()
        assert new.last_sequence == fence
        assert await words(new, 1, fence) == [b"a", b"b"]
        (record,) = [each async for each in new.read(fence, fence)]
        assert record.kind == FENCE

    play(scene)


def test_many_who_take_over_at_once_leave_one_writer(play):
    async def scene(cluster):
        logs = [await opened(cluster, node) for node in ("hare", "mouse", "vole")]
        fences = await asyncio.gather(*(each.take_over() for each in logs))
        assert len(set(fences)) == 3
        last = logs[fences.index(max(fences))]
        await say(last, b"mine")
        assert await words(logs[0]) == [b"mine"]
        await until(lambda: [each for each in logs if each.is_writer] == [last])

    play(scene)


def test_a_writer_may_take_over_from_itself(play):
    async def scene(cluster):
        log = await written(cluster)
        await say(log, b"a")
        await log.take_over()
        await say(log, b"b")
        assert await words(log) == [b"a", b"b"]

    play(scene)


def test_a_follower_hears_everything_in_order_as_it_becomes_safe(play):
    async def scene(cluster):
        log = await written(cluster)
        await say(log, b"a")
        heard, enough = [], asyncio.Event()

        async def follow():
            async for each in (await opened(cluster, "vole")).follow(1):
                if each.kind == WORD:
                    heard.append(each.octets)
                if len(heard) == 51:
                    enough.set()

        following = asyncio.create_task(follow())
        for number in range(50):
            log.append(WORD, b"%d" % number)
        await enough.wait()
        assert heard == [b"a", *(b"%d" % number for number in range(50))]
        following.cancel()

    play(scene)


def test_a_deleted_log_ends_those_who_follow_it_and_is_new_when_opened_again(play):
    async def scene(cluster):
        log = await written(cluster)
        await say(log, b"a")

        async def follow():
            async for _ in (await opened(cluster, "vole")).follow(1):
                pass

        following = asyncio.create_task(follow())
        await asyncio.sleep(0.05)
        await cluster.logs("mouse").delete("jobs")
        with pytest.raises(NoSuchLog):
            await following
        assert await cluster.logs("hare").names() == []
        await log.close()
        assert await words(await written(cluster)) == []

    play(scene)


def test_what_is_purged_is_not_read_again(play):
    async def scene(cluster):
        log = await written(cluster)
        await say(log, b"a", b"b")
        log.purge(log.last_sequence)
        await say(log, b"c")
        await until_read(log, b"c")
        await say(log, b"d")
        assert await words(log) == [b"c", b"d"]

    play(scene)


def test_the_logs_have_names(play):
    async def scene(cluster):
        for name in ("jobs", "mails"):
            await opened(cluster, name=name)
        assert await cluster.logs("vole").names() == ["jobs", "mails"]
        with pytest.raises(NoSuchLog):
            await cluster.logs("vole").delete("absent")

    play(scene)


# Faults ----------------------------------------------------------------------------------------


def test_a_writer_that_is_cut_off_is_told_and_confirms_nothing(play):
    async def scene(cluster):
        log, told, heard = await written(cluster), asyncio.Queue(), []
        log.on_stalled(told.put_nowait)
        await cluster.cut_off("hare")
        log.when_safe(log.append(WORD, b"x"), lambda: heard.append("safe"))
        assert await told.get() is True
        assert heard == []
        await cluster.heal()
        assert await told.get() is False
        assert heard == ["safe"]
        assert await words(await opened(cluster, "vole")) == [b"x"]

    play(scene)


def test_who_is_cut_off_takes_nothing_over_and_reads_nothing(play):
    async def scene(cluster):
        log = await opened(cluster, "mouse")
        await cluster.cut_off("mouse")
        with pytest.raises(NoMajority):
            await log.take_over()
        with pytest.raises(NoMajority):
            await words(log)
        assert not (await cluster.logs("mouse").health()).has_majority
        assert (await cluster.logs("hare").health()).has_majority

    play(scene)


def test_a_writer_that_comes_back_from_where_it_was_cut_off_is_deposed(play):
    async def scene(cluster):
        old, heard, deposed = await written(cluster), [], asyncio.Event()
        old.on_deposed(deposed.set)
        await say(old, b"a")
        await cluster.cut_off("hare")
        old.when_safe(old.append(WORD, b"lost"), lambda: heard.append("safe"))
        new = await written(cluster, "mouse")
        await say(new, b"b")
        await cluster.heal()
        await deposed.wait()
        assert heard == []
        for node in ("hare", "mouse", "vole"):
            assert await words(await opened(cluster, node)) == [b"a", b"b"]

    play(scene)


def test_what_was_safe_outlives_its_writer(play):
    async def scene(cluster):
        log = await written(cluster)
        await say(log, *(b"%d" % number for number in range(200)))
        await cluster.kill("hare")
        new = await written(cluster, "mouse")
        assert await words(new) == [b"%d" % number for number in range(200)]
        await cluster.restart("hare")
        again = await opened(cluster)
        assert not again.is_writer
        assert await words(again) == await words(new)

    play(scene)


def test_a_follower_goes_on_after_it_was_cut_off(play):
    async def scene(cluster):
        log, heard = await written(cluster), asyncio.Queue()

        async def follow():
            async for each in (await opened(cluster, "vole")).follow(1):
                if each.kind == WORD:
                    heard.put_nowait(each.octets)

        following = asyncio.create_task(follow())
        await say(log, b"a")
        assert await heard.get() == b"a"
        await cluster.cut_off("vole")
        await say(log, b"b", b"c")
        await cluster.heal()
        assert [await heard.get(), await heard.get()] == [b"b", b"c"]
        following.cancel()

    play(scene)


def test_of_all_that_a_deposed_writer_had_on_its_way_nothing_comes_behind_the_fence(play):
    """The fence takes the place that one of them expected; the next one's expectation is right."""

    async def scene(cluster):
        old = await written(cluster)
        new = await opened(cluster, "mouse")
        async with asyncio.TaskGroup() as tasks:
            taking = tasks.create_task(new.take_over())
            while not taking.done():
                if old.is_writer:
                    old.append(WORD, b"old")
                await asyncio.sleep(0)
        fence = taking.result()
        await asyncio.sleep(0.2)
        await say(new, b"new")
        found = [each async for each in new.read(fence + 1, new.last_sequence)]
        assert [each.octets for each in found if each.kind == WORD] == [b"new"]

    play(scene)
