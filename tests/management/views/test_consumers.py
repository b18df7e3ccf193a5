"""What is shown of a consumer."""


def test_a_consumer_shows_whose_it_is_and_what_it_asked_for(objects):
    objects.do("PUT", "/queues/{v}/q")
    with objects.channel() as channel:
        channel.basic_qos(prefetch_count=7)
        channel.basic_consume("q", print, consumer_tag="c", arguments={"x-priority": 2})
        (told,) = objects.get("/consumers/{v}")
    details = told.pop("channel_details")
    assert told == {
        "arguments": {"x-priority": 2},
        "ack_required": True,
        "active": True,
        "activity_status": "up",
        "consumer_tag": "c",
        "exclusive": False,
        "prefetch_count": 7,
        "queue": {"name": "q", "vhost": objects.vhost},
    }
    assert details["name"] == f"{details['connection_name']} (1)"
    assert (details["user"], details["number"]) == ("guest", 1)


def test_one_that_waits_for_its_turn_is_not_active(objects):
    objects.do("PUT", "/queues/{v}/q", {"arguments": {"x-single-active-consumer": True}})
    with objects.channel() as channel:
        for tag in ("a", "b"):
            channel.basic_consume("q", print, consumer_tag=tag)
        told = {each["consumer_tag"]: each for each in objects.get("/consumers/{v}")}
    assert [told[tag]["activity_status"] for tag in ("a", "b")] == ["single_active", "waiting"]
    assert [told[tag]["active"] for tag in ("a", "b")] == [True, False]
