"""Lines are read as rabbitmqctl reads them."""

import pytest

from leveret.cli.ctl.command import MONITORING, ArgumentsRefused, Command
from leveret.cli.ctl.parsing import name_of_command, parse

COMMAND = Command(
    name="do",
    about="Does",
    group=MONITORING,
    usage="do <what>",
    example="leveretctl do it",
    parameters=("what", "how?"),
    options={"queue_name": str, "if_empty": bool, "priority": int},
    letters={"e": "if_empty"},
)
LISTING = Command(
    name="list",
    about="Lists",
    group=MONITORING,
    usage="list",
    example="leveretctl list",
    columns=("a", "b"),
    usual_columns=("a",),
    is_in_vhost=True,
    timeout_s=60,
)


def refused(*words, command=COMMAND):
    with pytest.raises(ArgumentsRefused) as error:
        parse(command, list(words))
    return str(error.value)


def test_options_may_stand_anywhere():
    given = parse(COMMAND, ["-q", "--node", "x@y", "do", "--queue-name=jobs", "it", "-t", "5"])
    assert given.arguments == {"what": "it", "queue_name": "jobs"}
    assert (given.is_quiet, given.node, given.timeout_s) == (True, "x@y", 5)


@pytest.mark.parametrize(
    ("words", "name"),
    [
        (["-n", "x", "-p", "do", "list"], "list"),
        (["--vhost=do", "list"], "list"),
        (["-q"], None),
        ([], None),
        (["--", "-q"], "-q"),
    ],
)
def test_the_command_is_the_first_word_that_is_nothing_else(words, name):
    assert name_of_command(words) == name


def test_flags_and_their_opposites():
    assert parse(COMMAND, ["do", "it", "--if-empty"]).options == {"if_empty": True}
    assert parse(COMMAND, ["do", "it", "-e"]).options == {"if_empty": True}
    assert parse(COMMAND, ["do", "it", "--no-if-empty"]).options == {"if_empty": False}
    assert not parse(LISTING, ["list", "--no-table-headers"]).has_headers


def test_numbers_are_words_where_no_option_is_meant():
    assert parse(COMMAND, ["do", "-1", "--priority", "-2"]).arguments == {
        "what": "-1",
        "priority": -2,
    }


def test_after_two_dashes_everything_is_a_word():
    assert parse(COMMAND, ["do", "--", "--if-empty"]).arguments == {"what": "--if-empty"}


def test_too_few_and_too_many():
    assert refused("do") == "not enough arguments."
    assert refused("do", "a", "b", "c") == "too many arguments."


def test_all_that_is_wrong_is_told():
    assert refused("do", "a", "--nosuch", "-x", "--priority", "high", "--queue_name", "q") == (
        "Invalid options for this command:\n--nosuch : \n-x : \n--priority : high\n--queue_name : "
    )


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["--formatter", "nosuch"], "--formatter : nosuch"),
        (["--formatter"], "--formatter : "),
        (["--no-table-headers", "--formatter", "csv"], "--no-table-headers : "),
        (["-t", "soon"], "-t : soon"),
    ],
)
def test_values_that_an_option_cannot_have(words, told):
    assert refused("list", *words, command=LISTING) == f"Invalid options for this command:\n{told}"


@pytest.mark.parametrize("words", [["a", "b"], ["a,b"], ["a,", "b"], ["a", "b", "a"]])
def test_columns(words):
    assert parse(LISTING, ["list", *words]).arguments == {"vhost": "/", "columns": ["a", "b"]}


def test_the_usual_columns_and_those_there_are_not():
    given = parse(LISTING, ["list", "-p", "v"])
    assert given.arguments == {"vhost": "v", "columns": ["a"]}
    assert given.timeout_s == 60
    assert refused("list", "a", "c", "d", command=LISTING) == "Info key(s) c,d are not supported"
