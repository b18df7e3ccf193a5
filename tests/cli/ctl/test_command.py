"""What a command is asked with follows from what it was given."""

from leveret.cli.ctl.command import USERS, ArgumentsRefused, Command
from leveret.cli.ctl.parsing import parse
from leveret.control import exits


def command(**more):
    return Command(name="do", about="", group=USERS, usage="", example="", **more)


def test_parameters_by_name_the_last_may_take_all():
    tags = command(parameters=("user", "tags*"))
    assert parse(tags, ["do", "u", "a", "b"]).arguments == {"user": "u", "tags": ["a", "b"]}
    assert parse(tags, ["do", "u"]).arguments == {"user": "u", "tags": []}


def test_what_may_be_left_out_is_absent():
    assert parse(command(parameters=("user", "password?")), ["do", "u"]).arguments == {"user": "u"}


def test_the_vhost_is_asked_with_where_it_matters():
    assert parse(command(), ["do", "-p", "v"]).arguments == {}
    assert parse(command(is_in_vhost=True), ["do", "-p", "v"]).arguments == {"vhost": "v"}
    assert parse(command(is_in_vhost=True), ["do"]).arguments == {"vhost": "/"}


def test_a_refusal_has_an_exit_code():
    assert ArgumentsRefused("no").exit_code == exits.USAGE
    assert ArgumentsRefused("Bad argument.", exits.DATA).exit_code == exits.DATA
