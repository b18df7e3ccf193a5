"""What ports.py promises, kept by links of every kind."""

import asyncio

import pytest

from leveret.cluster.links.ports import (
    BEHIND_OCTETS,
    FAILED,
    NOT_IMPLEMENTED,
    LinkDown,
    Overdue,
    PeerRefused,
)

KIND = 20
PATIENCE_S = 10


async def up(network, one="hare", other="mouse"):
    """The link from one to the other, once it carries."""
    link = network.links(one).to(other)
    await link.wait_up(PATIENCE_S)
    return link


async def until(condition):
    async with asyncio.timeout(PATIENCE_S):
        while not condition():  # noqa: ASYNC110  # what is waited for rings no bell
            await asyncio.sleep(0.002)


async def echo(peer, body):
    return peer.encode() + b":" + body


def states_of(link):
    told = []
    link.on_state(told.append)
    return told


def test_a_link_is_always_the_same_object_and_comes_up_by_itself(play):
    async def scene(network):
        link = network.links("hare").to("mouse")
        assert link is network.links("hare").to("mouse")
        assert link.node == "mouse"
        assert not link.is_up
        await link.wait_up(PATIENCE_S)
        assert link.is_up

    play(scene)


def test_a_node_has_no_link_to_itself(play):
    async def scene(network):
        with pytest.raises(AssertionError):
            network.links("hare").to("hare")

    play(scene)


def test_a_call_is_answered_and_says_who_asks(play):
    async def scene(network):
        network.links("mouse").serve("echo", echo)
        link = await up(network)
        assert await link.call("echo", b"a", PATIENCE_S) == b"hare:a"
        assert await link.call("echo", b"", PATIENCE_S) == b"hare:"
        large = bytes(range(256)) * 20_000
        assert await link.call("echo", large, PATIENCE_S) == b"hare:" + large

    play(scene)


def test_both_ends_call_over_what_one_of_them_began(play):
    async def scene(network):
        began = []
        network.links("mouse").on_link(began.append)
        network.links("hare").serve("echo", echo)
        await up(network)
        await until(lambda: began)
        assert [link.node for link in began] == ["hare"]
        assert began[0] is network.links("mouse").to("hare")
        await began[0].wait_up(PATIENCE_S)
        assert await began[0].call("echo", b"b", PATIENCE_S) == b"mouse:b"

    play(scene)


def test_a_refusal_arrives_as_it_was_raised(play):
    async def refuse(_peer, body):
        raise PeerRefused(404, f"NOT_FOUND - no queue '{body.decode()}' in vhost 'größe'")

    async def scene(network):
        network.links("mouse").serve("find", refuse)
        link = await up(network)
        with pytest.raises(PeerRefused) as refused:
            await link.call("find", b"q", PATIENCE_S)
        assert refused.value.code == 404
        assert refused.value.text == "NOT_FOUND - no queue 'q' in vhost 'größe'"
        with pytest.raises(PeerRefused) as unknown:
            await link.call("never", b"", PATIENCE_S)
        assert unknown.value.code == NOT_IMPLEMENTED

    play(scene)


def test_a_handler_that_fails_is_a_refusal_and_ends_nothing(play, caplog):
    async def fail(_peer, _body):
        raise ZeroDivisionError

    async def scene(network):
        network.links("mouse").serve("fail", fail)
        network.links("mouse").serve("echo", echo)
        link = await up(network)
        with pytest.raises(PeerRefused) as refused:
            await link.call("fail", b"", PATIENCE_S)
        assert refused.value.code == FAILED
        assert await link.call("echo", b"a", PATIENCE_S) == b"hare:a"

    play(scene)
    assert "the call fail of hare failed" in caplog.text


def test_calls_run_side_by_side(play):
    async def scene(network):
        gate = asyncio.Event()

        async def wait(_peer, _body):
            await gate.wait()
            return b"late"

        network.links("mouse").serve("wait", wait)
        network.links("mouse").serve("echo", echo)
        link = await up(network)
        late = asyncio.create_task(link.call("wait", b"", PATIENCE_S))
        assert await link.call("echo", b"a", PATIENCE_S) == b"hare:a"
        assert not late.done()
        gate.set()
        assert await late == b"late"

    play(scene)


def test_an_answer_that_does_not_come_in_time_is_overdue_and_no_harm_later(play):
    async def scene(network):
        gate = asyncio.Event()

        async def wait(_peer, _body):
            await gate.wait()
            return b"late"

        network.links("mouse").serve("wait", wait)
        network.links("mouse").serve("echo", echo)
        link = await up(network)
        with pytest.raises(Overdue, match=r"mouse did not answer wait within 0\.02 s"):
            await link.call("wait", b"", 0.02)
        gate.set()
        assert await link.call("echo", b"a", PATIENCE_S) == b"hare:a"

    play(scene)


def test_calls_and_frames_are_begun_in_the_order_in_which_they_were_made(play):
    async def scene(network):
        seen = []

        async def note(_peer, body):
            seen.append(int(body))
            return b""

        network.links("mouse").serve("note", note)
        network.links("mouse").receive(KIND, lambda _peer, stream, _octets: seen.append(stream))
        link = await up(network)
        calls = []
        for number in range(600):
            if number % 3:
                link.send(KIND, number, b"")
            else:
                body = str(number).encode()
                calls.append(asyncio.create_task(link.call("note", body, PATIENCE_S)))
                await asyncio.sleep(0)
        await asyncio.gather(*calls)
        await until(lambda: len(seen) == 600)
        assert seen == list(range(600))

    play(scene)


def test_who_waits_for_an_answer_goes_on_before_what_was_sent_behind_it(play):
    async def scene(network):
        seen = []
        here = network.links("mouse")

        async def answer(peer, _body):
            asyncio.get_running_loop().call_soon(here.to(peer).send, KIND, 1, b"")
            return b""

        here.serve("begin", answer)
        network.links("hare").receive(KIND, lambda *_frame: seen.append("frame"))
        link = await up(network)
        for _ in range(20):
            await link.call("begin", b"", PATIENCE_S)
            seen.append("answer")
            await until(lambda: seen[-1] == "frame")
        assert seen == ["answer", "frame"] * 20

    play(scene)


def test_frames_of_all_sizes_arrive_whole_and_in_order(play):
    sizes = [0, 1, 8, 9, 10, 1023, 65_536, 65_527, 300_000, 1, 0, 3_000_000, 5]

    async def scene(network):
        got = []
        network.links("mouse").receive(
            KIND, lambda peer, stream, octets: got.append((peer, stream, octets))
        )
        link = await up(network)
        sent = [("hare", 2**32 - 1 - at, bytes((at,)) * size) for at, size in enumerate(sizes * 5)]
        for _, stream, octets in sent:
            link.send(KIND, stream, octets)
        await until(lambda: len(got) == len(sent))
        assert got == sent

    play(scene)


def test_a_frame_nobody_receives_is_no_harm(play):
    async def scene(network):
        network.links("mouse").serve("echo", echo)
        link = await up(network)
        link.send(255, 1, b"?")
        assert await link.call("echo", b"a", PATIENCE_S) == b"hare:a"

    play(scene)


def test_a_loss_is_told_to_both_ends_fails_the_calls_and_heals_by_itself(play):
    async def scene(network):
        begun = asyncio.Event()

        async def never(_peer, _body):
            begun.set()
            await asyncio.Event().wait()

        network.links("mouse").serve("never", never)
        network.links("mouse").serve("echo", echo)
        link = await up(network)
        back = await up(network, "mouse", "hare")
        told, told_back = states_of(link), states_of(back)
        call = asyncio.create_task(link.call("never", b"", PATIENCE_S))
        await begun.wait()
        await network.lose("hare", "mouse")
        with pytest.raises(LinkDown, match="mouse cannot be reached"):
            await call
        await until(lambda: link.is_up and back.is_up and told[-1:] == told_back[-1:] == [True])
        assert told[:2] == told_back[:2] == [False, True]
        assert await link.call("echo", b"a", PATIENCE_S) == b"hare:a"

    play(scene)


def test_a_handler_goes_on_when_whoever_asked_is_gone(play):
    async def scene(network):
        begun, gate, done = asyncio.Event(), asyncio.Event(), asyncio.Event()

        async def slow(_peer, _body):
            begun.set()
            await gate.wait()
            done.set()
            return b""

        network.links("mouse").serve("slow", slow)
        link = await up(network)
        call = asyncio.create_task(link.call("slow", b"", PATIENCE_S))
        await begun.wait()
        await network.lose("hare", "mouse")
        with pytest.raises(LinkDown):
            await call
        gate.set()
        await asyncio.wait_for(done.wait(), PATIENCE_S)

    play(scene)


def test_while_it_is_down_calls_fail_at_once_and_frames_are_lost(play):
    async def scene(network):
        got = []
        network.links("mouse").receive(KIND, lambda _peer, stream, _octets: got.append(stream))
        link = await up(network)
        await network.cut("hare", "mouse")
        await until(lambda: not link.is_up)
        with pytest.raises(LinkDown):
            await link.call("echo", b"", PATIENCE_S)
        with pytest.raises(LinkDown):
            await link.wait_up(0.01)
        link.send(KIND, 1, b"lost")
        assert not link.is_behind
        await network.heal()
        await link.wait_up(PATIENCE_S)
        link.send(KIND, 2, b"comes")
        await until(lambda: got)
        assert got == [2]

    play(scene)


def test_a_cut_between_two_is_nothing_to_the_third(play):
    async def scene(network):
        network.links("vole").serve("echo", echo)
        link = await up(network)
        others = [await up(network, one, "vole") for one in ("hare", "mouse")]
        told = [states_of(other) for other in others]
        await network.cut("hare", "mouse")
        await until(lambda: not link.is_up)
        for other in others:
            assert (await other.call("echo", b"a", PATIENCE_S)).endswith(b":a")
        assert told == [[], []]

    play(scene)


def test_a_node_that_starts_again_is_another_and_both_are_told(play):
    async def scene(network):
        link = await up(network)
        told = states_of(link)
        await network.kill("mouse")
        await until(lambda: told == [False])
        mouse = await network.restart("mouse")
        mouse.serve("echo", echo)
        await link.wait_up(PATIENCE_S)
        assert await link.call("echo", b"a", PATIENCE_S) == b"hare:a"

    play(scene)


def test_when_the_peer_does_not_read_the_link_is_behind_and_later_not(play):
    async def scene(network):
        got = []
        network.links("mouse").receive(KIND, lambda _peer, stream, _octets: got.append(stream))
        link = await up(network)
        told = []
        assert not link.is_behind
        link.when_writable(lambda: told.append("at once"))
        assert not told
        await until(lambda: told)
        await network.hold("hare", "mouse")
        sent = 0
        while not link.is_behind or sent < 200:
            link.send(KIND, sent, bytes(BEHIND_OCTETS // 8))
            sent += 1
            await asyncio.sleep(0)
        link.when_writable(lambda: told.append(link.is_behind))
        await asyncio.sleep(0.05)
        assert told == ["at once"]
        assert link.is_behind
        await network.release()
        await until(lambda: len(told) == 2 and len(got) == sent)
        assert told == ["at once", False]
        assert got == list(range(sent))

    play(scene)


def test_who_waits_for_room_hears_nothing_of_a_link_that_goes_down(play):
    async def scene(network):
        link = await up(network)
        told = []
        await network.hold("hare", "mouse")
        while not link.is_behind:
            link.send(KIND, 1, bytes(BEHIND_OCTETS))
        for _ in range(100):
            link.send(KIND, 1, bytes(BEHIND_OCTETS // 8))
        link.when_writable(lambda: told.append("writable"))
        states = states_of(link)
        await network.lose("hare", "mouse")
        await network.release()
        await until(lambda: states[-1:] == [True])
        assert not link.is_behind
        assert not told

    play(scene)


def test_nothing_of_the_old_connection_is_heard_on_the_new_one(play):
    async def scene(network):
        seen = []
        network.links("mouse").receive(KIND, lambda _peer, stream, _octets: seen.append(stream))
        link = await up(network)
        back = await up(network, "mouse", "hare")
        back.on_state(lambda is_up: seen.append("up" if is_up else "down"))
        await network.hold("hare", "mouse")
        for _ in range(100):
            link.send(KIND, 1, bytes(100_000))
        told = states_of(link)
        await network.lose("hare", "mouse")
        await network.release()
        await until(lambda: told[-1:] == [True])
        link.send(KIND, 2, b"")
        await until(lambda: 2 in seen)
        last_up = len(seen) - 1 - seen[::-1].index("up")
        assert 1 not in seen[seen.index("down") :]
        assert seen[last_up:] == ["up", 2]

    play(scene)


def test_what_is_forgotten_goes_down_and_comes_back_only_when_asked_for(play):
    async def scene(network):
        link = await up(network)
        network.links("hare").forget("mouse")
        assert link.is_up
        await until(lambda: not link.is_up)
        await asyncio.sleep(0.3)
        assert not link.is_up
        assert await up(network) is link

    play(scene)


def test_a_node_that_closes_its_links_is_gone_for_the_others(play):
    async def scene(network):
        link = await up(network)
        back = await up(network, "mouse", "hare")
        await network.links("mouse").close()
        await until(lambda: not link.is_up)
        assert not back.is_up
        with pytest.raises(LinkDown):
            await back.call("echo", b"", PATIENCE_S)

    play(scene)
