"""rabbitmqctl's own commands, many in one Erlang machine.

A call of rabbitmqctl costs a second of CPU, nearly all of it the start of its machine. Its modules
lie in an escript's archive: unpacked once, each command is RabbitMQCtl:main/1 in a process of its
own, which ends with the exit code, in 30 ms. A mark after each command tells apart what it printed.
"""

import re
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from bench.rabbitmq import RabbitMQ

MARK = re.compile(r"\n\x01(\d+) (.*)\n")

# Its arguments: the escript's path (rabbitmqctl asks what its name is), where its modules are
# unpacked, and the file of commands.
PROGRAM = r"""
[Escript, Ebin, File] = init:get_plain_arguments(),
case filelib:is_dir(Ebin) of
    true -> ok;
    false ->
        {ok, Sections} = escript:extract(Escript, []),
        {ok, Files} = zip:unzip(proplists:get_value(archive, Sections), [memory]),
        ok = filelib:ensure_dir(filename:join(Ebin, "file")),
        [ok = file:write_file(filename:join(Ebin, filename:basename(Name)), Octets)
         || {Name, Octets} <- Files, lists:member(filename:extension(Name), [".beam", ".app"])]
end,
true = code:add_patha(Ebin),
{ok, _} = application:ensure_all_started(rabbitmqctl),
logger:set_primary_config(level, none),
{ok, Commands} = file:consult(File),
Run = fun({Number, Words}) ->
    Arguments = [unicode:characters_to_binary(Word) || Word <- Words],
    {Pid, Monitor} = spawn_monitor(fun() -> 'Elixir.RabbitMQCtl':main(Arguments) end),
    Code = receive {'DOWN', Monitor, process, Pid, {shutdown, Given}} -> Given;
                   {'DOWN', Monitor, process, Pid, Reason} -> Reason end,
    Mark = io_lib:format("~n\x{1}~w ~0p~n", [Number, Code]),
    io:put_chars(Mark),
    io:put_chars(standard_error, Mark)
end,
lists:foreach(Run, lists:enumerate(Commands)),
halt(0).
"""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one command came to. code: text where rabbitmqctl itself crashed."""

    code: int | str
    out: str
    err: str


def rabbitmqctl(
    rabbitmq: RabbitMQ, commands: Sequence[Sequence[str]], tool: str = "rabbitmqctl"
) -> list[Outcome]:
    """What each comes to, one after the other. tool: or rabbitmq-diagnostics, ..."""
    [home] = Path("/usr/lib/rabbitmq/lib").glob("rabbitmq_server-*")
    file = rabbitmq.home / "commands"
    file.write_text("".join(f"[{', '.join(map(_term, words))}].\n" for words in commands))
    done = subprocess.run(
        [
            "erl", "+B", "-boot", "start_clean", "-noinput", "-noshell", "-hidden",
            "-kernel", "inet_dist_listen_min", "35672", "-kernel", "inet_dist_listen_max", "35682",
            "-eval", PROGRAM,
            "-extra", str(home / "escript" / tool), str(rabbitmq.home / "ebin"), str(file),
        ],
        env={
            **rabbitmq.environment,
            "RABBITMQ_HOME": str(home),
            "ERL_LIBS": str(home / "plugins"),
        },
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )  # fmt: skip
    outs, errs = _parts(done.stdout), _parts(done.stderr)
    assert len(outs) == len(errs) == len(commands), (done.stdout[-2000:], done.stderr[-2000:])
    return [
        Outcome(int(code) if code.isdigit() else code, out, err)
        for (out, code), (err, _code) in zip(outs, errs, strict=True)
    ]


def _term(word: str) -> str:
    """As Erlang writes a string."""
    escaped = word.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{escaped}"'


def _parts(printed: str) -> list[tuple[str, str]]:
    """What was printed before each mark, and its code."""
    parts = MARK.split(printed)
    return [(parts[at], parts[at + 2]) for at in range(0, len(parts) - 1, 3)]
