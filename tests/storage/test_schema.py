"""Versions of the tables: made, brought forward, or refused."""

import sqlite3
from contextlib import closing

import pytest

from leveret.storage import schema


@pytest.fixture
def connection():
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as connection:
        yield connection


def pragma(connection, name):
    return connection.execute(f"PRAGMA {name}").fetchone()[0]


def tables(connection):
    query = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
    return {name for (name,) in connection.execute(query)}


ALL_TABLES = {
    "vhost",
    "user",
    "permission",
    "topic_permission",
    "parameter",
    "global_parameter",
    "exchange",
    "queue",
    "binding",
    "stream_block",
    "stream_start",
}


def add_a_column(connection):
    connection.execute("ALTER TABLE vhost ADD COLUMN description BLOB NOT NULL DEFAULT ''")


def fail_half_way(connection):
    add_a_column(connection)
    connection.execute("DROP TABLE nowhere")


def climb(monkeypatch, *steps):
    """What a later version of Leveret has."""
    ladder = (*schema.LADDER, *steps)
    monkeypatch.setattr(schema, "LADDER", ladder)
    monkeypatch.setattr(schema, "VERSION", len(ladder))


def test_an_empty_database_gets_the_tables_and_says_whose_it_is(connection):
    schema.bring_forward(connection)
    assert tables(connection) == ALL_TABLES
    assert pragma(connection, "user_version") == schema.VERSION == 2
    assert pragma(connection, "application_id") == int.from_bytes(b"LVRT", "big")


def test_a_current_one_stays_as_it_is(connection):
    schema.bring_forward(connection)
    changes = connection.total_changes
    schema.bring_forward(connection)
    assert connection.total_changes == changes


def test_an_older_one_is_brought_forward_with_what_is_in_it(connection, monkeypatch):
    schema.bring_forward(connection)
    connection.execute("INSERT INTO vhost (name) VALUES (?)", (b"/",))
    climb(monkeypatch, add_a_column)
    schema.bring_forward(connection)
    assert pragma(connection, "user_version") == schema.VERSION == 3
    assert connection.execute("SELECT name, description FROM vhost").fetchall() == [(b"/", "")]


def test_an_empty_one_climbs_the_whole_ladder(connection, monkeypatch):
    climb(monkeypatch, add_a_column)
    schema.bring_forward(connection)
    assert pragma(connection, "user_version") == schema.VERSION == 3


def test_a_step_that_fails_leaves_the_old_version(connection, monkeypatch):
    schema.bring_forward(connection)
    climb(monkeypatch, fail_half_way)
    with pytest.raises(sqlite3.OperationalError, match="no such table"):
        schema.bring_forward(connection)
    assert not connection.in_transaction
    assert pragma(connection, "user_version") == 2
    columns = [name for _id, name, *_rest in connection.execute("PRAGMA table_info(vhost)")]
    assert columns == ["id", "name", "metadata"]


def test_a_step_that_has_lost_its_transaction_is_reported_as_it_failed(connection, monkeypatch):
    def roll_back_and_fail(connection):
        connection.execute("ROLLBACK")
        connection.execute("DROP TABLE nowhere")

    climb(monkeypatch, roll_back_and_fail)
    with pytest.raises(sqlite3.OperationalError, match="no such table"):
        schema.bring_forward(connection)


def test_a_later_one_is_refused_and_left_alone(connection):
    schema.bring_forward(connection)
    connection.execute("PRAGMA user_version = 3")
    with pytest.raises(schema.Foreign, match=r"has schema version 3.* reads up to 2"):
        schema.bring_forward(connection)
    assert pragma(connection, "user_version") == 3


@pytest.mark.parametrize("version", [0, 1, 7])
def test_another_programs_database_is_refused_whatever_version_it_says(connection, version):
    connection.execute("CREATE TABLE moz_bookmarks (id)")
    connection.execute(f"PRAGMA user_version = {version}")
    with pytest.raises(schema.Foreign, match="is a database of another program"):
        schema.bring_forward(connection)
    assert tables(connection) == {"moz_bookmarks"}


def test_version_2_knows_how_old_passwords_were_hashed(connection, monkeypatch):
    with monkeypatch.context() as earlier:
        earlier.setattr(schema, "LADDER", schema.LADDER[:1])
        earlier.setattr(schema, "VERSION", 1)
        schema.bring_forward(connection)
    connection.execute("INSERT INTO user (name, password_hash, tags) VALUES ('ada', x'00', x'')")
    schema.bring_forward(connection)
    found = connection.execute("SELECT name, hashing_algorithm FROM user").fetchall()
    assert found == [("ada", "rabbit_password_hashing_sha256")]


def test_a_version_below_the_first_is_refused(connection):
    schema.bring_forward(connection)
    connection.execute("PRAGMA user_version = -1")
    with pytest.raises(schema.Foreign, match="has schema version -1"):
        schema.bring_forward(connection)
