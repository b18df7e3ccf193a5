"""/channels and below."""

import pytest

from tests.management.routes.living import NOT_FOUND, path_of


def test_channels_are_listed_where_they_are(live):
    with live.connection("keeper") as mine, live.connection("guest") as other:
        mine.channel()
        mine.channel()
        other.channel()
        assert [each["number"] for each in live.get("/channels", user="keeper")] == [1, 2]
        assert len(live.get("/channels")) == 3
        assert len(live.get("/vhosts/%2F/channels")) == 3
        (told,) = live.get("/connections/username/keeper")
        path = f"/connections/{path_of(told['name'])}/channels"
        assert [each["number"] for each in live.get(path)] == [1, 2]


def test_one_channel_is_found_by_its_name(live):
    with live.connection("keeper") as mine:
        channel = mine.channel()
        channel.queue_declare("q")
        channel.basic_consume("q", lambda *_: None, consumer_tag="c")
        (listed,) = live.get("/channels")
        told = live.get(f"/channels/{path_of(listed['name'])}", user="keeper")
        assert [each["consumer_tag"] for each in told["consumer_details"]] == ["c"]
        assert told["deliveries"] == told["publishes"] == []


@pytest.mark.parametrize("name", ["nosuch", "a (1)", " (1)", "a (x)"])
def test_no_channel_is_made_up(live, name):
    reply = live.ask("GET", f"/channels/{path_of(name)}")
    assert (reply.status, reply.body) == (404, NOT_FOUND)


def test_a_number_that_is_not_open_is_not_found(live):
    with live.connection() as connection:
        connection.channel()
        (listed,) = live.get("/channels")
        for number in ("2", "x", "-1"):
            name = listed["name"].replace("(1)", f"({number})")
            assert live.ask("GET", f"/channels/{path_of(name)}").body == NOT_FOUND


def test_without_statistics_there_is_nothing_to_tell(live):
    reply = live.ask("GET", "/channels?disable_stats=true")
    assert (reply.status, reply.body["reason"]) == (
        400,
        "Stats in management UI are disabled on this node",
    )
