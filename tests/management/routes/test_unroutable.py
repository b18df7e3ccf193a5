"""/unroutable and below."""

import itertools
import time

import pytest

KEYS = itertools.count(1)


@pytest.fixture
def lost(live):
    """keeper and guest have each published what nobody gets, keeper one that somebody does.

    What `/unroutable` says of these alone, when asked with .told(path, user)."""
    return Lost(live, f"nowhere.{next(KEYS)}")


class Lost:
    def __init__(self, live, key):
        self.live, self.key = live, key
        self.began = time.time() * 1000
        with live.connection("keeper") as mine, live.connection("guest") as other:
            mine.channel().basic_publish("", key, b"")
            channel = mine.channel()
            channel.queue_declare("q")
            channel.basic_publish("", "q", b"")
            other.channel().basic_publish("amq.topic", key, b"", mandatory=True)
            self.names = [live.get(f"/connections/username/{user}")[0]["name"]
                          for user in ("keeper", "guest")]  # fmt: skip

    def told(self, path="/unroutable", user="guest"):
        return [each for each in self.live.get(path, user=user) if each["routing_key"] == self.key]


def test_who_monitors_sees_all_of_them(lost):
    first, second = sorted(lost.told(), key=lambda each: each["user"], reverse=True)
    assert lost.began <= first.pop("time") <= time.time() * 1000
    assert first == {
        "vhost": "/",
        "exchange": "",
        "routing_key": lost.key,
        "outcome": "dropped",
        "user": "keeper",
        "connection": lost.names[0],
        "channel": 1,
        "node": lost.live.get("/overview")["node"],
    }
    told = [second[name] for name in ("exchange", "outcome", "connection")]
    assert told == ["amq.topic", "returned", lost.names[1]]


@pytest.mark.parametrize("path", ["/unroutable", "/unroutable/%2F"])
def test_others_see_their_own(lost, path):
    assert [each["user"] for each in lost.told(path, user="keeper")] == ["keeper"]
    assert {each["user"] for each in lost.live.get(path, user="keeper")} == {"keeper"}


def test_one_vhosts(lost):
    assert len(lost.told("/unroutable/%2F")) == 2
    assert lost.live.ask("GET", "/unroutable/nowhere").status == 404


def test_what_is_published_over_http_counts_too(live):
    key = f"nowhere.{next(KEYS)}"
    told = {"routing_key": key, "properties": {}, "payload": "", "payload_encoding": "string"}
    reply = live.ask("POST", "/exchanges/%2F/amq.default/publish", body=told)
    assert reply.body == {"routed": False}
    (noted,) = (each for each in live.get("/unroutable") if each["routing_key"] == key)
    assert (noted["connection"], noted["channel"]) == ("management", 0)
    assert noted["outcome"] == "returned"


def test_the_newest_first_a_page_at_a_time(lost):
    page = lost.live.get("/unroutable?sort=time&sort_reverse=true&page=1&page_size=2")
    assert page["total_count"] >= 2
    assert {each["routing_key"] for each in page["items"]} == {lost.key}
