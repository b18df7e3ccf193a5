"""GET /overview."""


def test_an_administrator_sees_the_whole(live):
    told = live.get("/overview")
    assert told["node"] == live.node
    assert {each["protocol"] for each in told["listeners"]} >= {"amqp", "http"}
    assert told["object_totals"]["exchanges"] == 7


def test_a_user_sees_what_is_his(live):
    live.do(lambda broker: broker.add_vhost("elsewhere"))
    try:
        assert live.get("/overview", user="keeper")["object_totals"]["exchanges"] == 7
        assert live.get("/overview", user="watcher")["object_totals"]["exchanges"] == 14
        assert live.get("/overview")["object_totals"]["exchanges"] == 14
    finally:
        live.do(lambda broker: broker.remove_vhost("elsewhere"))


def test_others_connections_are_not_counted(live):
    with live.connection("keeper") as mine, live.connection():
        mine.channel()
        assert live.get("/overview", user="watcher")["object_totals"]["connections"] == 2
        totals = live.get("/overview", user="keeper")["object_totals"]
        assert (totals["connections"], totals["channels"]) == (1, 1)
        assert "node" not in live.get("/overview", user="keeper")


def test_statistics_can_be_left_out(live):
    told = live.get("/overview?disable_stats=true")
    assert "message_stats" not in told
    assert told["disable_stats"] is True
