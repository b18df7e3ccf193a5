"""Changes become rows and rows the same changes, to the octet and the type."""

import sqlite3
from contextlib import closing

import pytest

from leveret.broker.changes import (
    GlobalParameterSet,
    ParameterSet,
    PermissionSet,
    StreamCut,
    StreamGrew,
    TopicPermissionSet,
    UserLimitsSet,
    UserSet,
    VhostAdded,
    VhostDescribed,
)
from leveret.broker.permissions import Permission
from leveret.broker.topic_permissions import TopicPermission
from leveret.broker.vhost_metadata import VhostMetadata
from leveret.storage import rows, schema
from leveret.wire.values import encode_table
from tests.ports.samples import ALL, BINDINGS, END_NAMES, ENDS, EXACT, STREAMS, without


@pytest.fixture
def connection():
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as connection:
        schema.bring_forward(connection)
        yield connection


@pytest.fixture
def write(connection):
    def write(*changes):
        for change in changes:
            for statement, fields in rows.statements(change):
                connection.execute(statement, fields)

    return write


def read(connection):
    return list(rows.changes(connection))


def test_no_rows_are_no_changes(connection):
    assert read(connection) == []


def test_every_kind_of_change_comes_back_in_its_order(connection, write):
    write(*ALL)
    assert read(connection) == ALL


def test_arguments_come_back_with_their_exact_types(connection, write):
    write(*ALL)
    (found,) = [each for each in read(connection) if getattr(each, "name", "") == "a\0b"]
    assert encode_table(found.options.arguments) == encode_table(EXACT)


@pytest.mark.parametrize(("end", "gone"), ENDS, ids=END_NAMES)
def test_what_goes_takes_along_what_hangs_on_it_and_nothing_else(connection, write, end, gone):
    write(*ALL, end)
    assert read(connection) == without(gone)


@pytest.mark.parametrize(("end", "gone"), ENDS, ids=END_NAMES)
def test_what_was_written_may_be_written_again(connection, write, end, gone):
    write(*ALL, end)
    write(*ALL, end)
    found, left = read(connection), without(gone)
    assert len(found) == len(left)
    assert [each for each in left if each not in found] == []


@pytest.mark.parametrize(("end", "gone"), ENDS, ids=END_NAMES)
def test_what_is_gone_may_go_again(connection, write, end, gone):
    write(*ALL, end, end)
    assert read(connection) == without(gone)


def test_a_queue_that_was_made_again_keeps_what_it_has_when_the_batch_is_repeated(
    connection, write
):
    declared = next(each for each in ALL if getattr(each, "number", 0) == 3)
    bound = BINDINGS[0]
    (deleted,) = [end for end, _gone in ENDS if getattr(end, "number", 0) == 3]
    again = type(declared)(11, declared.vhost, declared.name, declared.options)
    batch = [declared, bound, deleted, again, bound]
    write(*batch)
    write(*batch)
    assert read(connection) == [again, bound]


def test_a_second_setting_replaces_the_first_in_its_place(connection, write):
    users = [UserSet(name, b"first", frozenset({"a"})) for name in ("ada", "bob")]
    rights = [PermissionSet(name, "/", Permission("a", "b", "c")) for name in ("ada", "bob")]
    write(*users, *rights)
    topics = [
        TopicPermissionSet(name, "/", "x", TopicPermission("a", "b")) for name in ("ada", "bob")
    ]
    write(*topics)
    later = [
        UserSet("ada", b"second", frozenset(), "rabbit_password_hashing_sha512"),
        PermissionSet("ada", "/", Permission(*"xyz")),
        TopicPermissionSet("ada", "/", "x", TopicPermission(*"yz")),
    ]
    write(*later)
    assert read(connection) == [later[0], users[1], later[1], rights[1], later[2], topics[1]]


def test_a_second_value_of_a_parameter_replaces_the_first_in_its_place(connection, write):
    first = [ParameterSet("policy", "/", name, 1) for name in ("a", "b")]
    everywhere = [GlobalParameterSet(name, 1) for name in ("a", "b")]
    later = [ParameterSet("policy", "/", "a", 2.5), GlobalParameterSet("a", None)]
    write(VhostAdded("/"), *first, *everywhere, *later)
    assert read(connection)[1:] == [later[0], first[1], later[1], everywhere[1]]


def test_a_number_of_a_parameter_stays_whole_or_broken(connection, write):
    write(GlobalParameterSet("n", [1, 1.0, 10**20, True]))
    (found,) = read(connection)
    assert [type(each) for each in found.value] == [int, float, int, bool]


def test_what_is_known_of_a_vhost_or_account_stays_when_it_is_set_again(connection, write):
    described = VhostDescribed("/", VhostMetadata("first"))
    limited = UserLimitsSet("ada", {"max-channels": 1})
    ada = UserSet("ada", b"hash", frozenset())
    write(VhostAdded("/"), described, ada, limited, VhostAdded("/"), ada)
    assert read(connection) == [VhostAdded("/"), described, ada, limited]


def test_a_stream_that_was_cut_begins_there_and_has_no_older_blocks(connection, write):
    cut = StreamCut(12, "/", "events", 800, 901)
    write(*ALL, cut, cut)
    streams = [each for each in read(connection) if isinstance(each, (StreamGrew, StreamCut))]
    assert streams == [*STREAMS[1:3], cut, STREAMS[3]]
