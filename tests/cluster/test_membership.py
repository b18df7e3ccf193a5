"""Where a node stands, and what its application is made of then."""

import json

import pytest

from leveret.cluster.members.roll import Place, found
from leveret.cluster.members.standing import Phase, Standing, begin_joining, begin_leaving, founded
from leveret.cluster.membership import Membership, reported_place
from leveret.config.load import load
from leveret.errors import StartRefused
from tests.cluster.nodes import HOSTS, name_of

HARE = name_of(HOSTS[0])


class Owner:
    """A node that is asked for nothing but its settings."""

    application = None

    def __init__(self, directory):
        self.settings = load({"bind": HOSTS[0], "node": HARE, "data_dir": str(directory)}, {})


@pytest.fixture
def owner(tmp_path):
    return Owner(tmp_path)


def test_a_node_alone_has_no_seat_and_shares_nothing(owner, play):
    async def scene():
        membership = Membership(owner, b"cookie")
        await membership.begin()
        assert membership.seat is None
        assert await membership.share(None) is None
        await membership.end()

    play(scene)


def test_where_it_stands_survives(owner, play):
    async def scene():
        membership = Membership(owner, b"cookie")
        standing = founded(membership.standing, found("c", HARE, Place(HOSTS[0], 1, 2)))
        membership.set_standing(standing)
        assert Membership(owner, b"cookie").standing == standing
        await membership.end()

    play(scene)


def test_a_join_that_a_crash_has_interrupted_never_was(owner, play, tmp_path):
    async def scene():
        former = Membership(owner, b"cookie")
        former.set_standing(begin_joining(former.standing, "leveret@elsewhere"))
        (tmp_path / "engine").mkdir()
        membership = Membership(owner, b"cookie")
        await membership.begin()
        assert membership.standing == Standing(HARE)
        assert not (tmp_path / "engine").exists()
        for each in (former, membership):
            await each.end()

    play(scene)


def test_one_that_was_forgotten_serves_nobody(owner, play):
    async def scene():
        membership = Membership(owner, b"cookie")
        roll = found("c", HARE, Place(HOSTS[0], 1, 2))
        roll = roll.with_member("leveret@elsewhere", Place("127.0.0.1", 1, 2))
        membership.standing = Standing(HARE, Phase.FORGOTTEN, roll)
        with pytest.raises(StartRefused, match="with leveret@elsewhere, but they disagree"):
            await membership.share(None)
        await membership.end()

    play(scene)


def test_one_that_was_leaving_is_still_on_its_way(owner, play):
    async def scene():
        membership = Membership(owner, b"cookie")
        member = founded(membership.standing, found("c", HARE, Place(HOSTS[0], 1, 2)))
        membership.set_standing(begin_leaving(member))
        assert Membership(owner, b"cookie").standing.phase is Phase.LEAVING
        await membership.end()

    play(scene)


def test_others_reach_it_at_its_address_or_at_its_names_host(owner, play):
    async def scene():
        membership = Membership(owner, b"cookie")
        assert membership.own_place == Place(HOSTS[0], 25672, 25673)
        owner.settings = load(
            {"node": HARE, "data_dir": "x", "cluster_address": "hare.example"}, {}
        )
        other = Membership(owner, b"cookie")
        assert other.own_place.host == "hare.example"
        for each in (membership, other):
            await each.end()

    play(scene)


def test_a_node_of_this_machine_says_where_it_is(tmp_path):
    assert reported_place(tmp_path) is None
    told = [
        {"protocol": "amqp", "host": "0.0.0.0", "port": 1},
        {"protocol": "clustering", "host": "0.0.0.0", "port": 2},
    ]
    (tmp_path / "node.json").write_text(json.dumps({"listening": told}))
    assert reported_place(tmp_path) == ("127.0.0.1", 2)
    (tmp_path / "node.json").write_text("{")
    assert reported_place(tmp_path) is None
