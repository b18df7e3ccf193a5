"""GET /extensions, /feature-flags, /deprecated-features."""


def test_the_console_is_extended_by_itself_alone(live):
    assert live.get("/extensions", user="keeper") == [{"javascript": "dispatcher.js"}]


def test_every_flag_is_enabled(live):
    flags = live.get("/feature-flags")
    assert {each["name"] for each in flags} >= {"quorum_queue", "stream_queue", "user_limits"}
    assert {each["state"] for each in flags} == {"enabled"}


def test_flags_are_an_administrators(live):
    reply = live.ask("GET", "/feature-flags", user="watcher")
    assert (reply.status, reply.body["reason"]) == (401, "Not administrator user")


def test_a_flag_that_is_there_may_be_enabled(live):
    assert live.ask("PUT", "/feature-flags/quorum_queue/enable", {}).status == 204
    reply = live.ask("PUT", "/feature-flags/nosuch/enable", {})
    assert (reply.status, reply.body) == (400, {"error": "bad_request", "reason": "unsupported"})


def test_no_feature_is_deprecated(live):
    assert live.get("/deprecated-features") == live.get("/deprecated-features/used") == []
