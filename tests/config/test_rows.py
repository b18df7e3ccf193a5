"""Rows from dataclass fields, those of parts among them."""

from dataclasses import dataclass

from leveret.config.rows import part, rows_of, setting


@dataclass(frozen=True)
class Inner:
    depth: int = setting(3, int, "how deep", key="hole.depth", flag="--hole-depth")


@dataclass(frozen=True)
class Outer:
    name: str = setting("x", str, "a name", name="called", rabbitmq=("RABBITMQ_NAME",))
    hole: Inner = part(Inner())
    last: str = setting("y", str, "the last")


def test_a_part_stands_where_its_field_does():
    assert [row.name for row in rows_of(Outer)] == ["name", "hole_depth", "last"]


def test_a_row_of_a_part_knows_its_part_and_is_named_by_its_key():
    row = rows_of(Outer)[1]
    assert (row.part, row.attribute, row.flag, row.metavar) == (
        "hole",
        "depth",
        "--hole-depth",
        "DEPTH",
    )
    assert row.environment == ("LEVERET_HOLE_DEPTH",)


def test_a_row_knows_its_variables_and_its_default():
    row = rows_of(Outer)[0]
    assert row.environment == ("LEVERET_CALLED", "RABBITMQ_NAME")
    assert (row.part, row.shown_default) == ("", "x")


def test_a_family_begins_with_its_key():
    assert rows_of(Outer)[0].family == ""
