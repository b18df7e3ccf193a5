"""/ended-connections"""

import time

import pytest
from pika.exceptions import ConnectionClosedByBroker

from tests.management.routes.living import path_of


def of(live, user):
    return [each for each in live.get("/ended-connections") if each["user"] == user]


def test_why_a_connection_has_ended_is_told(live):
    began = time.time() * 1000
    with live.connection("keeper") as connection:
        (listed,) = live.get("/connections/username/keeper")
        path = f"/connections/{path_of(listed['name'])}"
        there = live.get(path)
        live.ask("DELETE", path, headers={"x-reason": "moving house"})
        with pytest.raises(ConnectionClosedByBroker):
            connection.process_data_events(5)
    told = of(live, "keeper")[-1]
    assert began <= told.pop("connected_at") <= told.pop("ended_at") <= time.time() * 1000
    assert told == {
        "name": there["name"],
        "user": "keeper",
        "vhost": "/",
        "peer_host": there["peer_host"],
        "peer_port": there["peer_port"],
        "by": "broker",
        "code": 320,
        "reason": "CONNECTION_FORCED - moving house",
        "node": live.get("/overview")["node"],
    }


def test_others_see_their_own(live):
    for user in ("keeper", "guest"):
        with live.connection(user):
            pass
    seen = {each["user"] for each in live.get("/ended-connections", user="keeper")}
    assert seen == {"keeper"}
    assert {"keeper", "guest"} <= {each["user"] for each in live.get("/ended-connections")}
