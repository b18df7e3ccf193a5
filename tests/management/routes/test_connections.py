"""/connections and below."""

import pika
import pytest

from tests.management.routes.living import NOT_FOUND, NOT_YOURS, path_of


def names(live, path="/connections", user="guest"):
    return [each.get("user_provided_name") for each in live.get(path, user=user)]


def name_of(live, user):
    (told,) = live.get(f"/connections/username/{user}")
    return told["name"]


def why_it_ended(connection):
    with pytest.raises(pika.exceptions.ConnectionClosedByBroker) as ended:
        connection.process_data_events(10)
    return ended.value.reply_text


def test_a_user_sees_its_own_and_who_monitors_sees_all(live):
    with live.connection("keeper", "mine"), live.connection("guest", "other"):
        assert names(live, user="keeper") == ["mine"]
        assert set(names(live, user="watcher")) == {"mine", "other"}
        assert names(live, "/vhosts/%2F/connections", "keeper") == ["mine"]
        assert len(names(live, "/vhosts/%2F/connections")) == 2
        assert live.get("/connections?disable_stats=true")[0].keys() == {
            "name",
            "vhost",
            "user",
            "node",
        }


def test_one_connection_is_for_who_may_see_it(live):
    with live.connection("keeper"):
        path = f"/connections/{path_of(name_of(live, 'keeper'))}"
        for user in ("keeper", "watcher", "guest"):
            assert live.get(path, user=user)["user"] == "keeper"
    assert live.ask("GET", path).body == NOT_FOUND


def test_others_connections_are_hidden(live):
    with live.connection("guest"):
        path = f"/connections/{path_of(name_of(live, 'guest'))}"
        for below in ("", "/channels"):
            reply = live.ask("GET", path + below, user="keeper")
            assert (reply.status, reply.body) == (401, NOT_YOURS)
        for user in ("keeper", "watcher"):
            assert live.ask("DELETE", path, user=user).body == NOT_YOURS
            assert live.ask("DELETE", "/connections/username/guest", user=user).body == NOT_YOURS
        reply = live.ask("GET", "/connections/username/guest", user="keeper")
        assert (reply.status, reply.body) == (401, NOT_YOURS)
        assert len(live.get("/connections")) == 1


@pytest.mark.parametrize(
    ("headers", "text"),
    [
        ({}, "CONNECTION_FORCED - Closed via management plugin"),
        ({"X-Reason": "spring cleaning"}, "CONNECTION_FORCED - spring cleaning"),
        ({"X-Reason": ""}, "CONNECTION_FORCED - "),
        ({"X-Reason": "schön".encode().decode("latin-1")}, "CONNECTION_FORCED - schön"),
    ],
)
def test_a_connection_is_closed_with_the_reason(live, headers, text):
    with live.connection("keeper") as connection:
        path = f"/connections/{path_of(name_of(live, 'keeper'))}"
        assert live.ask("DELETE", path, user="keeper", headers=headers).status == 204
        assert why_it_ended(connection) == text
    assert live.ask("DELETE", path).body == NOT_FOUND


def test_a_users_connections_are_closed_together(live):
    with live.connection("keeper") as first, live.connection("keeper") as second:
        reply = live.ask("DELETE", "/connections/username/keeper", headers={"X-Reason": "all"})
        assert reply.status == 204
        assert {why_it_ended(each) for each in (first, second)} == {"CONNECTION_FORCED - all"}
    assert live.get("/connections/username/keeper") == []
    assert live.ask("DELETE", "/connections/username/nosuch").status == 204


def test_a_reason_too_long_for_a_short_string_is_cut(live):
    with live.connection("keeper") as connection:
        path = f"/connections/{path_of(name_of(live, 'keeper'))}"
        headers = {"X-Reason": "x" * 1000}
        assert live.ask("DELETE", path, headers=headers).status == 204
        assert why_it_ended(connection).startswith("CONNECTION_FORCED - xxx")


def test_a_user_may_be_called_like_a_part_of_a_path(live):
    assert live.get("/connections/username/channels") == []


def test_why_a_connection_is_blocked_is_told(live):
    with live.connection("keeper") as connection:
        path = f"/connections/{path_of(name_of(live, 'keeper'))}/standing"
        assert live.get(path)["state"] == "running"
        live.do(lambda broker: broker.alarms.set("disk", "test"))
        connection.channel().basic_publish("", "nowhere", b"x")
        try:
            connection.process_data_events(1)
            told = live.get(path, user="keeper")
        finally:
            live.do(lambda broker: broker.alarms.clear("disk", "test"))
    assert (told["state"], told["because"]) == ("blocked", ["low on disk"])
    noted = [each for each in live.get("/events") if each["name"].endswith("blocked")]
    assert [each["name"] for each in noted] == ["connection.blocked", "connection.unblocked"]
    assert live.ask("GET", path).body == NOT_FOUND
