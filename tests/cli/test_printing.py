"""How the commands show things."""

import pytest

from leveret.cli.printing import counted, printable, size, table


def test_columns_stand_side_by_side_text_to_the_left_and_numbers_to_the_right():
    rows = [("orders", "/", "7"), ("a", "other", "1234")]
    assert list(table(("queue", "vhost", "n"), rows, left=2)) == [
        "queue   vhost     n",
        "orders  /         7",
        "a       other  1234",
    ]


def test_a_table_without_headings_or_rows():
    assert list(table(("", ""), [("users", "1")])) == ["users  1"]
    assert list(table(("", ""), [])) == []


@pytest.mark.parametrize(
    ("octets", "told"),
    [
        (0, "0 B"),
        (1023, "1023 B"),
        (1024, "1.0 KiB"),
        (64 << 20, "64.0 MiB"),
        (5 << 30, "5.0 GiB"),
        (5 << 40, "5120.0 GiB"),
    ],
)
def test_sizes_are_told_as_people_read_them(octets, told):
    assert size(octets) == told


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("jobs", "jobs"),
        ("ärger im bau", "ärger im bau"),
        ("\x1b[2J", r"\x1b[2J"),
        ("\udcff", r"\udcff"),
    ],
)
def test_what_a_terminal_would_obey_is_written_out(name, told):
    assert printable(name) == told


def test_one_is_not_many():
    assert [counted(count, "record") for count in (0, 1, 2)] == [
        "0 records",
        "1 record",
        "2 records",
    ]
