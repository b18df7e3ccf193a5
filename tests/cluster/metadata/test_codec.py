"""Changes as octets: what comes back is what was written, and nothing else is believed."""

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leveret.broker import changes
from leveret.broker.changes import UserSet, VhostAdded
from leveret.cluster.metadata.changes import QueueHoused, RollSet
from leveret.cluster.metadata.codec import (
    SHAPES,
    VERSION,
    Unreadable,
    decode_batch,
    decode_mark,
    encode,
    encode_batch,
    encode_mark,
    ordinal_of,
)
from leveret.wire.values import Int32, encode_table
from tests.ports.samples import ALL, ENDS, NOT_UTF_8

EVERYTHING = [
    *ALL,
    *(change for change, _gone in ENDS),
    changes.ParameterCleared("policy", "/", "p"),
    changes.StreamCut(13, "/", "s", 2**40, 2**61),
    RollSet(b"who is in"),
    QueueHoused("/", NOT_UTF_8, "mouse@a"),
    QueueHoused("/", "q", "mouse@a", "q7.1", ("hare@a", "mouse@a")),
]


def exact(value):
    """With the types of all that is in it: an Int8(7) equals a 7. (A plain integer of an argument
    is what its width on the wire is.)"""
    if type(value) is Int32:
        return int, int(value)
    if isinstance(value, dict):
        return dict, [(exact(key), exact(each)) for key, each in value.items()]
    if isinstance(value, list | tuple):
        return type(value), [exact(each) for each in value]
    if hasattr(value, "__dataclass_fields__"):
        return type(value), [exact(getattr(value, each)) for each in value.__dataclass_fields__]
    return type(value), value


def test_every_kind_of_change_has_a_tag():
    known = {shape.kind for shape in SHAPES.values()}
    assert known == {*changes.Change.__args__, QueueHoused, RollSet}
    assert {type(each) for each in EVERYTHING} == known


@pytest.mark.parametrize("change", EVERYTHING, ids=lambda each: type(each).__name__)
def test_a_change_comes_back_with_the_exact_types_of_all_that_is_in_it(change):
    _ordinal, found = decode_batch(encode_batch(1, [change]))
    assert exact(found) == exact([change])


def test_a_batch_comes_back_in_its_order():
    assert exact(decode_batch(encode_batch(2**40, EVERYTHING))) == exact((2**40, EVERYTHING))


def test_a_batch_may_be_empty():
    assert decode_batch(encode_batch(3, [])) == (3, [])


def test_a_mark_says_a_word():
    assert decode_mark(encode_mark(7, f"hare {NOT_UTF_8}")) == (7, f"hare {NOT_UTF_8}")
    assert decode_mark(encode_mark(8)) == (8, "")


NAMES = st.text() | st.binary().map(lambda each: each.decode("utf-8", "surrogateescape"))
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=10,
)


@given(NAMES, st.binary(), st.frozensets(NAMES), NAMES)
def test_any_user_comes_back(name, password_hash, tags, algorithm):
    user = UserSet(name, password_hash, tags, algorithm)
    assert decode_batch(encode_batch(1, [user])) == (1, [user])


@given(NAMES, NAMES, NAMES, JSON)
def test_any_parameter_comes_back(component, vhost, name, value):
    parameter = changes.ParameterSet(component, vhost, name, value)
    assert exact(decode_batch(encode_batch(1, [parameter]))) == exact((1, [parameter]))


def test_what_equal_sets_are_made_of_makes_no_difference():
    tags = [frozenset(order) for order in (["a", "b", "c"], ["c", "b", "a"])]
    assert len({encode(UserSet("u", b"", each)) for each in tags}) == 1


# A tag and its fields mean the same for ever. When this fails, a new kind of change has been added
# (then so has its tag, and nothing else may have changed) or the format is broken.
GOLDEN = "2c9f"


def test_the_octets_are_what_they_were():
    told = hashlib.sha256(encode_batch(1, EVERYTHING)).hexdigest()
    assert told[: len(GOLDEN)] == GOLDEN
    assert encode_batch(258, [VhostAdded("ü")]).hex() == "0100000000000001020100000002c3bc"


def test_a_later_version_is_not_guessed_at():
    later = bytes([VERSION + 1]) + encode_batch(1, [VhostAdded("/")])[1:]
    for read in (decode_batch, ordinal_of):
        with pytest.raises(Unreadable, match="it is of version 2, and 1 is known"):
            read(later)


def test_a_tag_that_nobody_knows_is_not_skipped():
    with pytest.raises(Unreadable, match="there is no change of tag 200"):
        decode_batch(encode_batch(1, [VhostAdded("/")]) + b"\xc8")


@pytest.mark.parametrize("change", EVERYTHING, ids=lambda each: type(each).__name__)
def test_a_batch_that_was_cut_is_not_taken_for_a_whole_one(change):
    whole = encode_batch(1, [change])
    # Cut behind the head it is a batch without changes, which is none of our making.
    for end in [*range(len(encode_batch(1, []))), *range(len(encode_batch(1, [])) + 1, len(whole))]:
        with pytest.raises(Unreadable):
            decode_batch(whole[:end])


def test_a_table_is_as_the_protocol_has_it():
    declared = next(
        each for each in ALL if isinstance(each, changes.QueueDeclared) and each.number == 4
    )
    assert encode_table(declared.options.arguments) in encode(declared)
