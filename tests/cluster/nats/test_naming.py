"""Any name is a stream's name, and comes back."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leveret.cluster.nats import naming


@given(st.text(max_size=20))
def test_any_name_makes_a_stream_and_subjects_and_comes_back(name):
    stream = naming.stream_of(name)
    assert re.fullmatch(r"[A-Za-z0-9_=-]+", stream)
    assert naming.is_log(stream)
    assert naming.log_of(stream) == name
    for subject in (naming.record_subject(name, "b1"), naming.fence_subject(name, "b1")):
        assert naming.log_of_subject(subject) == name
        assert naming.birth_of(subject) == "b1"
        assert subject.rpartition(".")[0] == naming.subjects_of(name, "b1").removesuffix(".*")


@given(st.text(max_size=20), st.text(max_size=20))
def test_different_names_have_different_streams(one, other):
    assert (naming.stream_of(one) == naming.stream_of(other)) == (one == other)


def test_a_name_has_an_end():
    with pytest.raises(ValueError, match="too long"):
        naming.stream_of("x" * 300)


def test_a_server_is_of_a_node_whatever_its_incarnation():
    assert naming.node_of(naming.server_of("leveret@mq-1.lan", 3)) == "leveret@mq-1.lan"
    assert naming.node_of("leveret@mq-1") == "leveret@mq-1"


def test_nodes_have_one_tag_in_whatever_order_they_are_named():
    assert naming.tags_of(()) == ()
    assert naming.tags_of(("b@Y", "a@X")) == naming.tags_of(("a@X", "b@Y")) == ("n:a@x+b@y",)
