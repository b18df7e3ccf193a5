"""One run of a program, heard and ended: a stand-in for nats-server that does as it is told."""

import asyncio
import logging
import signal
import subprocess
import sys

import pytest

from leveret.cluster.engine import launch
from leveret.cluster.engine.child import Child, Output, end_orphan, environment
from leveret.errors import StartRefused
from tests.cluster.engine.farm import Farm, is_alive, wait_for, wait_gone


def script(tmp_path, body):
    path = tmp_path / "nats-server"
    path.write_text(f"#!/bin/sh\n{body}\n")
    path.chmod(0o755)
    return path


def run_child(tmp_path, body, scene):
    """A scene with a stand-in that does this, and what it was heard to say."""
    heard = []

    async def run():
        farm = Farm(tmp_path)
        member = farm.member("hare")
        plan = farm.plan(member, [member])
        plan.directory.mkdir()
        async with asyncio.timeout(30):
            child = await Child.spawn(script(tmp_path, body), plan, heard.append)
            try:
                await scene(child)
            finally:
                await child.end()

    asyncio.run(run())
    return [(line.level, line.text) for line in heard]


def test_what_it_says_is_heard_to_the_last_word(tmp_path):
    async def scene(child):
        assert await child.wait() == 3
        assert child.exit_code == 3
        assert child.last_words == "[odd]; lost"

    body = "echo '[1] [INF] Server is ready'; echo '[1] [WRN] [odd]' >&2; printf lost; exit 3"
    assert run_child(tmp_path, body, scene) == [
        (logging.INFO, "Server is ready"),
        (logging.WARNING, "[odd]"),
        (logging.ERROR, "lost"),
    ]


def test_it_gets_none_of_our_secrets(tmp_path, monkeypatch):
    monkeypatch.setenv("LEVERET_COOKIE", "carrot")

    async def scene(child):
        await child.wait()

    assert run_child(tmp_path, 'echo "<$LEVERET_COOKIE>"', scene) == [(logging.ERROR, "<>")]


def test_it_works_on_half_of_the_cores_unless_the_node_was_told_otherwise(monkeypatch):
    monkeypatch.delenv("GOMAXPROCS", raising=False)
    for cores, used in ((None, "1"), (1, "1"), (2, "1"), (8, "4")):
        monkeypatch.setattr("os.cpu_count", lambda cores=cores: cores)
        assert environment()["GOMAXPROCS"] == used
    monkeypatch.setenv("GOMAXPROCS", "3")
    assert environment()["GOMAXPROCS"] == "3"


def test_one_that_does_not_end_is_ended(tmp_path, monkeypatch):
    monkeypatch.setattr("leveret.cluster.engine.child.TERMINATE_S", 0.2)

    async def scene(child):
        await wait_for(lambda: child.last_words == "up")
        await child.end()
        assert child.exit_code == -signal.SIGKILL

    run_child(tmp_path, "trap '' TERM; echo up; while :; do sleep 0.05; done", scene)


def test_it_is_told_to_read_again(tmp_path):
    async def scene(child):
        await wait_for(lambda: "up" in child.last_words)
        child.reload()
        await wait_for(lambda: "again" in child.last_words)

    run_child(tmp_path, "trap 'echo again' HUP; echo up; while :; do sleep 0.05; done", scene)


def test_signals_for_one_that_has_ended_go_nowhere(tmp_path):
    async def scene(child):
        await child.wait()
        child.reload()
        await child.end()
        assert child.exit_code == 0

    run_child(tmp_path, "exit 0", scene)


def test_lines_come_in_pieces_and_never_too_long():
    async def scene():
        heard = []
        output = Output(heard.append)
        for piece in (b"[1] [INF] one\n[1] ", b"[ERR] two\n", b"x" * 20_000, b"\n"):
            output.data_received(piece)
        output.connection_lost(None)
        assert [line.text[:4] for line in heard] == ["one", "two", "xxxx"]
        assert output.ended.is_set()

    asyncio.run(scene())


# It has started its engine, whose pid it says, and is killed before it can do anything more.
NODE = """
import asyncio, os, signal, sys
from pathlib import Path
from leveret.cluster.engine.child import Child
from leveret.cluster.engine.plan import EngineMember, Plan
from leveret.cluster.engine.passwords import Passwords

async def main():
    member = EngineMember("hare", 1, "127.0.1.101", 1)
    plan = Plan(member=member, members=(member,), bind=None, client_port=1,
                directory=Path(sys.argv[2]), passwords=Passwords.of(b""))
    ready = asyncio.Event()
    child = await Child.spawn(Path(sys.argv[1]), plan, lambda line: ready.set())
    await ready.wait()
    print(child.pid, flush=True)
    os.kill(os.getpid(), signal.SIGKILL)

asyncio.run(main())
"""


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere the next start ends it")
def test_after_our_death_it_still_says_its_last_words_and_ends_as_it_wants(tmp_path):
    # A broken pipe would end it at its first word.
    program = script(
        tmp_path,
        f"trap 'echo handing over; echo done >{tmp_path}/done; exit 0' TERM\n"
        "echo up; while :; do sleep 0.05; done",
    )
    told = subprocess.run(
        [sys.executable, "-c", NODE, program, tmp_path], capture_output=True, text=True, check=False
    )
    wait_gone(int(told.stdout))
    assert (tmp_path / "done").read_text() == "done\n"


def orphan(lock_file, body):
    """An engine whose node is no more, and that nobody has told."""
    process = subprocess.Popen(
        [sys.executable, "-c", ORPHAN, launch.__file__, lock_file, "/bin/sh", "-c", body],
        stdout=subprocess.PIPE,
    )
    process.stdout.readline()
    process.stdout.close()
    return process


ORPHAN = """
import os, runpy, sys
launch = runpy.run_path(sys.argv[1])
launch["claim"](sys.argv[2])
os.execv(sys.argv[3], sys.argv[3:])
"""


@pytest.mark.parametrize("trap", ["", "trap '' TERM;"])
def test_an_engine_that_has_outlived_its_node_is_ended(tmp_path, monkeypatch, trap):
    monkeypatch.setattr("leveret.cluster.engine.child.TERMINATE_S", 0.5)
    lock_file = tmp_path / "lock"
    left = orphan(lock_file, f"{trap} echo up; while :; do sleep 0.05; done")
    assert is_alive(left.pid)
    assert asyncio.run(end_orphan(lock_file)) == left.pid
    assert left.wait() < 0


def test_without_one_nothing_is_ended(tmp_path):
    assert asyncio.run(end_orphan(tmp_path / "lock")) is None
    (tmp_path / "lock").write_text("1")
    assert asyncio.run(end_orphan(tmp_path / "lock")) is None


def test_one_that_has_not_said_who_it_is_is_left_alone(tmp_path):
    lock_file = tmp_path / "lock"
    left = orphan(lock_file, "echo up; while :; do sleep 0.05; done")
    lock_file.write_text("")
    with pytest.raises(StartRefused, match="another start of nats-server is under way"):
        asyncio.run(end_orphan(lock_file))
    left.kill()
    left.wait()
