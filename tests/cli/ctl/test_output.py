"""Six formats of the same rows, and of what is no listing."""

import io
import json

import pytest

from leveret.cli.ctl import output
from leveret.cli.ctl.asking import Asking
from leveret.cli.ctl.command import USERS, Command
from leveret.cli.ctl.parsing import parse

ROWS = [["guest", ["administrator"], 1], ['a "b"', [], 20]]
NAMES = ["user", "tags", "n"]


def given(*words, **more):
    command = Command(name="do", about="", group=USERS, usage="", example="", **more)
    return parse(command, ["do", "-n", "n@h", *words])


def printed(*words, rows=ROWS, **more):
    out = io.StringIO()
    output.print_rows(given(*words, **more), NAMES, iter(rows), out)
    return out.getvalue()


def test_table():
    assert printed() == 'user\ttags\tn\nguest\t[administrator]\t1\na "b"\t[]\t20\n'
    assert printed("-s") == 'guest\t[administrator]\t1\na "b"\t[]\t20\n'
    assert printed(rows=[]) == ""
    assert printed(rows=[], is_list=True) == "\n"


def test_shapes_are_for_tables():
    shapes = {"n": lambda value: f"<{value}>"}
    assert printed("-s", shapes=shapes).startswith("guest\t[administrator]\t<1>")
    assert '"n":1' in printed("--formatter", "json", shapes=shapes)


def test_tsv():
    assert printed("--formatter", "tsv") == printed()
    assert printed("--formatter", "tsv", rows=[]) == "user\ttags\tn\n"


def test_json():
    text = printed("--formatter", "json")
    assert text.splitlines() == [
        "[",
        '{"user":"guest","tags":["administrator"],"n":1}',
        ',{"user":"a \\"b\\"","tags":[],"n":20}',
        "]",
    ]
    assert [list(row.values()) for row in json.loads(text)] == ROWS
    assert printed("--formatter", "json", rows=[]) == "[\n]\n"
    assert printed("--formatter", "json", rows=[], is_list=True) == "[]\n"


def test_json_stream():
    text = printed("--formatter", "json_stream")
    assert text.startswith('{"user":"guest","tags":["administrator"],"n":1}\n\n{')
    assert text.endswith("}\n\n")


def test_csv():
    assert printed("--formatter", "csv") == (
        '"user","tags","n"\n"guest","[administrator]","1"\n"a ""b""","[]","20"\n'
    )
    assert printed("--formatter", "csv", rows=[]) == ""
    assert printed("--formatter", "csv", rows=[], is_list=True) == "\n\n\n"


def test_pretty_table():
    lines = printed("--formatter", "pretty_table").splitlines()
    assert lines[0] == "\x1b(0lqqqqqqqwqqqqqqqqqqqqqqqwqqqqk\x1b(B"
    assert lines[3].replace("\x1b(0x\x1b(B", "|") == "| guest | administrator | 1  |"
    assert len(lines) == 7
    assert printed("--formatter", "pretty_table", rows=[]) == ""
    assert "Output" in printed("--formatter", "pretty_table", rows=[], is_list=True)


def value(what, *words, **more):
    asked = given(*words, **more)
    out = io.StringIO()
    output.print_value(asked, what, Asking(asked, out))
    return out.getvalue()


def test_what_is_no_listing():
    assert value(None) == ""
    assert value("Success") == "Success\n"
    assert value({"a": 1}, show=lambda told, _given: [f"a: {told['a']}", "end"]) == "a: 1\nend\n"


@pytest.mark.parametrize(
    ("what", "told"),
    [
        (None, {"node": "n@h", "result": "ok"}),
        ("text", {"node": "n@h", "result": "ok", "value": "text"}),
        ({"a": 1}, {"a": 1}),
        ([1], [1]),
    ],
)
def test_the_same_as_json(what, told):
    assert json.loads(value(what, "--formatter", "json")) == told


def test_a_command_may_have_its_own_json():
    assert value("x", "--formatter", "json", as_json=lambda told, _: {"message": told}) == (
        '{"message":"x"}\n'
    )


class Terminal(io.StringIO):
    def isatty(self):
        return True


def test_on_a_terminal_rich_draws_unless_a_format_is_named(capsys):
    out = Terminal()
    output.print_rows(given(), NAMES, iter(ROWS), out)
    assert out.getvalue() == ""
    assert "administrator" in capsys.readouterr().out
    output.print_rows(given("--formatter", "table"), NAMES, iter(ROWS), out)
    assert out.getvalue().startswith("user\ttags")
