"""rabbitmq.conf's form, read as RabbitMQ 3.10.8's own parser reads it."""

import pytest

from leveret.config.conf_file import Entry, read_entries
from leveret.config.errors import SettingRefused


def entries(content):
    return [(entry.key, entry.written) for entry in read_entries(content, "leveret.conf")]


def test_keys_and_values_lose_the_blanks_around_them():
    assert entries("a.b = one\n  c=two words  \n") == [("a.b", "one"), ("c", "two words")]


def test_comments_and_blank_lines_are_free():
    assert entries("# all\n\n   # indented\na = 1 # after\n") == [("a", "1")]


def test_a_hash_ends_the_value_wherever_it_stands_as_in_rabbitmq():
    assert entries("a = tw#o\n") == [("a", "tw")]


def test_single_quotes_keep_what_is_between_them():
    assert entries("default_pass = 'a #b' # secret\n") == [("default_pass", "a #b")]


def test_an_entry_knows_its_line():
    assert list(read_entries("\na = 1\n", "mq.conf")) == [Entry("a", "1", "mq.conf:2")]


def test_a_line_without_an_equals_sign_is_named_without_its_value():
    with pytest.raises(SettingRefused, match=r"^leveret.conf:1: expected 'key = value'") as refused:
        entries("default_pass secret\n")
    assert "secret" not in str(refused.value)


def test_an_open_quote_is_refused():
    with pytest.raises(SettingRefused, match=r"leveret.conf:1: a value in single quotes"):
        entries("a = 'b\n")


def test_words_after_the_closing_quote_are_refused():
    with pytest.raises(SettingRefused, match="must end with one"):
        entries("a = 'b' c\n")
