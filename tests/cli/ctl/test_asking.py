"""A command's first line is printed when the node has begun, and not before."""

import io

import pytest

from leveret.cli.ctl.asking import Asking, NodeRefused
from leveret.cli.ctl.names import find
from leveret.cli.ctl.parsing import parse
from leveret.control import exits
from leveret.control.client import Unreachable, WrongCookie

pytestmark = pytest.mark.usefixtures("node")


def asking(*words):
    return Asking(parse(find(words[0]), list(words)), io.StringIO())


def test_a_listing_and_a_value():
    asked = asking("list_vhosts")
    columns, rows = asked.listing("list_vhosts", {"columns": ["name"]})
    assert (columns, list(rows)) == (["name"], [["/"]])
    assert asked.value("add_vhost", {"vhost": "a"}) is None
    assert asked.out.getvalue() == "Listing vhosts ...\n", "once"
    asked.close()
    asked.close()


@pytest.mark.parametrize("quiet", ["-q", "-s", "--formatter=json", "--formatter=csv"])
def test_no_first_line_where_a_program_reads(quiet):
    asked = asking("add_vhost", "a", quiet)
    asked.value("add_vhost", {"vhost": "a"})
    assert asked.out.getvalue() == ""
    asked.close()


def test_a_refusal_has_no_first_line_when_it_has_not_begun():
    asked = asking("list_vhosts")
    asked.value("stop_app")
    asked.close()
    asked = asking("list_vhosts")
    with pytest.raises(NodeRefused) as error:
        asked.listing("list_vhosts", {"columns": ["name"]})
    assert error.value.refused.exit_code == exits.USAGE
    assert asked.out.getvalue() == ""
    asked.close()


def test_who_is_not_reached(monkeypatch):
    monkeypatch.setenv("LEVERET_COOKIE", "another")
    with pytest.raises(WrongCookie):
        asking("list_vhosts").value("list_vhosts")
    monkeypatch.setenv("LEVERET_NODE_PORT", "1")
    with pytest.raises(Unreachable):
        asking("list_vhosts").value("list_vhosts")
