"""/events"""

import time

from tests.management.routes.living import path_of


def named(live, name, user="guest"):
    return [each for each in live.get("/events", user=user) if each["name"] == name]


def test_what_has_happened_is_told(live):
    began = time.time() * 1000
    live.ask("PUT", "/queues/%2F/told", {"durable": True, "arguments": {"x-max-length": 7}})
    told = next(
        each for each in reversed(named(live, "queue.created")) if each["fields"]["name"] == "told"
    )
    assert began - 1 <= told["time"] <= time.time() * 1000
    assert told["by"] == "guest"
    assert told["node"] == live.get("/overview")["node"]
    assert told["fields"] == {
        "exclusive": False,
        "owner_pid": "",
        "arguments": ['{<<"x-max-length">>,long,7}'],
        "auto_delete": False,
        "durable": True,
        "name": "told",
        "vhost": "/",
    }


def test_they_are_searched_by_name_and_cut_into_pages(live):
    for name in ("one", "two"):
        live.ask("PUT", f"/exchanges/%2F/{path_of(name)}", {"type": "fanout"})
    page = live.get("/events?page=1&page_size=1&name=exchange.created&sort=time&sort_reverse=true")
    assert [each["fields"]["name"] for each in page["items"]] == ["two"]
    assert page["filtered_count"] >= 2


def test_they_are_for_who_monitors(live):
    assert live.ask("GET", "/events", user="keeper").status == 401


def test_values_of_parameters_are_for_administrators(live):
    live.ask("PUT", "/global-parameters/secret", {"value": "amqp://me:pass@far"})
    theirs, ours = (
        next(
            each
            for each in named(live, "parameter.set", user)
            if each["fields"]["name"] == "secret"
        )
        for user in ("watcher", "guest")
    )
    assert (theirs["fields"], ours["fields"]) == (
        {"name": "secret", "component": "global"},
        {"value": "amqp://me:pass@far", "name": "secret", "component": "global"},
    )


def test_they_are_searched_for_whatever_they_say(live):
    live.ask("PUT", "/queues/%2F/Needle", {"arguments": {"x-message-ttl": 987}})
    for text in ("needle", "X-message-TTL"):
        (told,) = live.get(f"/events?text={text}")
        assert told["fields"]["name"] == "Needle"
    live.ask("PUT", "/global-parameters/hidden", {"value": "hush-hush"})
    assert live.get("/events?text=hush") != []
    assert live.get("/events?text=hush", user="watcher") == []
