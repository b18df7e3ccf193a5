"""A request as its route sees it."""

import pytest

from leveret.broker.broker import Broker
from leveret.management.answers import BadRequest, NotAuthorised, NotThere
from leveret.management.call import ENCODED_TWICE, Call
from leveret.management.look import Look
from leveret.management.query import Query
from leveret.management.resource import ADMINISTRATOR, MONITORING
from tests.broker.domain import HandClock, random_bytes


class Place:
    """As much of a host as a call looks at."""

    def __init__(self):
        self.broker = Broker(HandClock(), random_bytes())
        for name in ("a", "b"):
            self.broker.add_vhost(name)

    def call(self, tags, content=b"", vhost="a"):
        name = "-".join(sorted(tags)) or "nobody"
        self.broker.users.add(name, "x", frozenset(tags))
        look = Look(self, Query(""), 0.0, self.broker.users.find(name))
        return Call(look, {"vhost": vhost}, {}, content)


def body(content):
    return Place().call({"management"}, content).body()


@pytest.mark.parametrize("content", [b"", b"null", b"{}"])
def test_nothing_is_an_empty_object(content):
    assert body(content) == {}


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"{", "not_json"),
        (b"[1]", "not_json"),
        (b"\xff", "not_json"),
        (b"[" * 100_000, "not_json"),
        (b'"{}"', ENCODED_TWICE),
    ],
)
def test_what_is_no_object_is_refused(content, reason):
    with pytest.raises(BadRequest) as refused:
        body(content)
    assert refused.value.reason == reason


def test_all_keys_that_are_missing_are_named():
    call = Place().call(set(), b'{"b": 2}')
    assert call.required("b") == [2]
    with pytest.raises(BadRequest) as refused:
        call.required("a", "b", "c")
    assert refused.value.reason == "[{key_missing,a},{key_missing,c}]"


def test_a_vhost_that_is_not_there_is_not_found():
    with pytest.raises(NotThere):
        _ = Place().call(set(), vhost="c").vhost


def names(vhosts):
    return [vhost.name for vhost in vhosts]


@pytest.mark.parametrize(
    ("tags", "seen", "listed"),
    [
        ({"management"}, ["b"], ["b"]),
        ({"monitoring"}, ["b"], ["a", "b"]),
        ({"administrator"}, ["a", "b"], ["a", "b"]),
    ],
)
def test_what_is_seen_goes_by_tags_and_permissions(tags, seen, listed):
    place = Place()
    call = place.call(tags)
    place.broker.set_permission(call.user.name, "b")
    assert names(call.visible_vhosts()) == seen
    assert names(call.listed_vhosts()) == listed


def test_to_act_an_administrator_needs_permissions_too():
    call = Place().call({"administrator"})
    with pytest.raises(NotAuthorised, match=r"Access refused\."):
        call.access(call.vhost)
    call.broker.set_permission(call.user.name, "a")
    assert call.access(call.vhost).vhost is call.vhost


def test_an_administrator_may_what_a_monitor_may():
    call = Place().call({"administrator"})
    assert (call.may(MONITORING), call.may(ADMINISTRATOR)) == (True, True)
    assert not Place().call({"monitoring"}).may(ADMINISTRATOR)
