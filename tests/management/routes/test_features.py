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


def test_what_rabbitmq_4_has_no_more_is_listed_and_whether_it_is_used(live):
    listed = {each["name"] for each in live.get("/deprecated-features")}
    assert listed >= {"classic_queue_mirroring", "transient_nonexcl_queues"}
    assert live.get("/deprecated-features/used") == []
    with live.connection() as connection:
        connection.channel().queue_declare("transient")
        (used,) = live.get("/deprecated-features/used")
        assert used["name"] == "transient_nonexcl_queues"
        connection.channel().queue_delete("transient")
