"""Queue arguments on the command line."""

import click
import pytest

from leveret.cli.queue_argument import as_table


@pytest.mark.parametrize(
    ("text", "pair"),
    [
        ("x-queue-type=quorum", ("x-queue-type", "quorum")),
        ("x-max-length=1000", ("x-max-length", 1000)),
        ("x-delivery-limit=-1", ("x-delivery-limit", -1)),
        ("x-single-active-consumer=true", ("x-single-active-consumer", True)),
        ("a=false", ("a", False)),
        ("x-dead-letter-exchange=", ("x-dead-letter-exchange", "")),
        ("key=a=b", ("key", "a=b")),
    ],
)
def test_a_value_is_a_number_a_word_or_a_string(text, pair):
    assert as_table(None, None, (text,)) == dict([pair])


@pytest.mark.parametrize("text", ["x-max-length", "=5", ""])
def test_what_is_no_pair_is_refused(text):
    with pytest.raises(click.BadParameter, match="is not NAME=VALUE"):
        as_table(None, None, (text,))


def test_the_last_word_on_a_name_counts():
    assert as_table(None, None, ("a=1", "b=2", "a=3")) == {"a": 3, "b": 2}
