"""Entries name themselves as people know them."""

import pytest

from leveret.broker.definitions.document import SECTION_OF, SECTIONS, DefinedVhost, Remark
from leveret.broker.vhost_metadata import VhostMetadata
from tests.broker.definitions import entries


@pytest.mark.parametrize(
    ("entry", "name"),
    [
        (entries.user(), "user 'ada'"),
        (entries.vhost(), "vhost '/'"),
        (entries.permission(), "permission of user 'ada' in vhost '/'"),
        (
            entries.topic_permission(),
            "topic permission of user 'ada' for exchange 'logs' in vhost '/'",
        ),
        (entries.exchange(), "exchange 'logs' in vhost '/'"),
        (entries.queue(), "queue 'jobs' in vhost '/'"),
        (entries.global_parameter(), "global parameter 'where'"),
        (entries.policy(), "policy 'short' in vhost '/'"),
        (entries.operator_policy(), "operator_policy 'bounded' in vhost '/'"),
        (
            entries.binding(),
            "binding from exchange 'logs' to queue 'jobs' with key 'k' in vhost '/'",
        ),
    ],
)
def test_an_entry_names_itself(entry, name):
    assert str(entry) == name


def test_what_is_needed_comes_before_what_needs_it():
    assert set(SECTION_OF.values()) == set(SECTIONS)
    order = {section: place for place, section in enumerate(SECTIONS)}
    assert order["users"] < order["permissions"] < order["exchanges"]
    assert order["vhosts"] < order["policies"] < order["queues"]
    assert order["exchanges"] < order["bindings"] > order["queues"] > order["vhosts"]


def test_a_remark_says_section_entry_and_reason():
    assert str(Remark("queues", "queue 'q'", "no")) == "queues: queue 'q': no"


def test_what_is_not_said_of_a_vhost_stays():
    there = VhostMetadata("old", ("a",), "quorum")
    assert DefinedVhost("/").metadata(there) == there
    assert DefinedVhost("/", "", (), "stream").metadata(there) == VhostMetadata("", (), "stream")


def test_a_topic_permission_has_a_key():
    assert entries.topic_permission().key == ("ada", "/", "logs")
