"""Names that are HTML, script or odd: shown as they are everywhere, and used by a click."""

import json
from urllib.parse import quote

import pika
import pytest
from playwright.sync_api import expect

from leveret import Policy
from tests.management.asking import Api

NAMES = {
    "an image": "<img src=x onerror=alert(1)>",
    "a script": "\"'><script>alert(1)</script>",
    "a path": "a/b?c#d%2F",
    "right to left": "\N{HEBREW LETTER SHIN}\N{HEBREW LETTER LAMED}\N{RABBIT FACE}",
    "long": "<b>" + "x" * 252,
    "spaces": " one  two\tthree",
    "two dots": "..",
}
LISTS = ("connections", "exchanges", "queues", "users", "vhosts", "policies", "limits")

# No name of a queue or an exchange has a line break: brokers take them out of these.
LINES = "one\r\ntwo\nthree"


@pytest.fixture(scope="module")
def odd(node):
    """Something of each kind with each of the names."""
    connections = []
    for at, name in enumerate(NAMES.values()):
        parameters = pika.URLParameters(node.url)
        parameters.heartbeat = 0
        parameters.client_properties = {"connection_name": name}
        connections.append(pika.BlockingConnection(parameters))
        channel = connections[-1].channel()
        channel.exchange_declare(name, "headers")
        channel.queue_declare(name)
        channel.queue_bind(name, name, name, arguments={name: name})
        held = pika.BasicProperties(headers={name: name})
        channel.basic_publish("", name, name.encode(), held)
        channel.basic_publish(name, name, b"", pika.BasicProperties(headers={"no": "queue"}))
        channel.queue_declare(f"held {at}")
        channel.basic_publish("", f"held {at}", b"held")
        channel.basic_consume(f"held {at}", lambda *_: None, consumer_tag=name)
        node.admin.set_policy(Policy(name, "^never$", {"max-length": 1}))
        node.admin.add_vhost(name)
        node.admin.set_vhost_limits({"max-queues": 9}, name)
        node.admin.add_user(name, "x", frozenset({"management"}))
    yield
    for each in connections:
        each.close()


@pytest.fixture
def reader(guest):
    """An administrator for whom no script runs that is not the console's."""
    opened = []
    guest.page.on("dialog", lambda dialog: (opened.append(dialog.message), dialog.dismiss()))
    yield guest
    assert opened == []
    assert guest.page.locator("img[src=x], script:not([src])").count() == 0


@pytest.mark.usefixtures("odd")
@pytest.mark.parametrize("name", NAMES.values(), ids=NAMES)
def test_a_name_is_shown_as_it_is_in_every_list(reader, name):
    for page in (*LISTS, "topology", "route"):
        reader.go(page)
        where = reader.page.locator("main")
        search = where.get_by_role("searchbox")
        # A connection is searched by its addresses.
        if page not in {"connections", "topology"} and search.count():
            search.first.fill(name)
        expect(where).to_contain_text(name[:29] if page == "topology" else name)
        assert where.locator("img, script, b b").count() == 0


@pytest.mark.usefixtures("odd")
@pytest.mark.parametrize("name", NAMES.values(), ids=NAMES)
def test_what_is_named_so_is_opened_by_a_click(reader, name):
    for page in ("queues", "exchanges", "vhosts", "users"):
        reader.go(page)
        reader.page.get_by_role("searchbox").fill(name)
        reader.page.locator("main").get_by_role("link", name=name, exact=True).first.click()
        reader.heading(name)
    reader.go("queues", "/", name)
    expect(reader.page.locator(".bindings").first).to_contain_text(f"{name} = {name}")
    reader.page.get_by_role("link", name="Look at its messages").click()
    message = reader.page.get_by_role("list", name="Messages").get_by_role("group").first
    message.locator("summary").click()
    expect(message).to_contain_text(f"{name} = {name}")


@pytest.mark.parametrize("name", NAMES.values(), ids=NAMES)
def test_what_is_named_so_is_deleted(reader, node, name):
    api = Api(node, node.management_url)
    doomed = "." if name == ".." else name[:-1] + "!"
    told = quote(doomed, safe="")
    for kind, where, body in (
        ("queues", ("/", doomed), {}),
        ("exchanges", ("/", doomed), {}),
        ("vhosts", (doomed,), {}),
        ("users", (doomed,), {"tags": "", "password": "x"}),
    ):
        path = f"/api/{kind}/{'%2F/' if len(where) == 2 else ''}{told}"
        assert api.ask("PUT", path, body).status == 201
        reader.go(kind, *where)
        reader.heading(doomed)
        reader.sure("Delete")
        reader.told(f"{doomed} is deleted")
        assert api.get(path).status == 404


@pytest.mark.usefixtures("odd")
@pytest.mark.parametrize("name", NAMES.values(), ids=NAMES)
def test_what_became_of_it_is_among_the_events(reader, name):
    reader.go("events")
    reader.page.get_by_role("searchbox").fill(name)
    expect(reader.row("user.created").filter(has_text=name)).to_be_visible()
    assert reader.page.locator("main").locator("img, script, b b").count() == 0


@pytest.mark.usefixtures("odd")
@pytest.mark.parametrize("at", range(len(NAMES)), ids=NAMES)
def test_who_consumes_by_such_a_tag_is_told(reader, at):
    tag = list(NAMES.values())[at]
    where = reader.page.locator("main")
    reader.go("messages", "/", f"held {at}")
    reader.press("Unacknowledged")
    message = reader.page.get_by_role("list", name="Messages").get_by_role("group").first
    message.locator("summary").click()
    expect(message).to_contain_text(tag)
    reader.go("queues", "/", f"held {at}")
    expect(reader.row(f"held {at}")).to_contain_text(tag)
    where.get_by_role("link", name="(1)").click()
    expect(reader.row(f"held {at}")).to_contain_text(tag)


@pytest.mark.parametrize("at", range(len(NAMES)), ids=NAMES)
def test_what_is_typed_arrives_as_it_is(reader, node, at):
    """A key of a binding, a routing key and a header."""
    name, queue = list(NAMES.values())[at], f"typed {at}"
    api = Api(node, node.management_url)
    kept = f"/api/queues/%2F/{quote(queue)}"
    assert api.ask("PUT", kept, {}).status == 201
    reader.go("queues", "/", queue)
    reader.press("Bind")
    reader.fill(other="amq.direct", key=name, arguments=f"h = {json.dumps(name)}")
    reader.send("Bind")
    reader.told("The binding is made")
    (made,) = (each for each in api.get(f"{kept}/bindings").json if each["source"])
    assert (made["routing_key"], made["arguments"]) == (name, {"h": name})
    reader.go("exchanges", "/", "amq.direct")
    reader.page.get_by_text("Publish a message", exact=True).first.click()
    reader.fill(key=name, payload=name, headers=f"h = {json.dumps(name)}")
    reader.press("Publish a message")
    reader.told("The message is published")
    taken = {"count": 1, "ackmode": "ack_requeue_false", "encoding": "auto"}
    (got,) = api.ask("POST", f"{kept}/get", taken).json
    told = got["routing_key"], got["payload"], got["properties"]["headers"]
    assert told == (name, name, {"h": name})
    reader.go("queues", "/", queue)
    reader.sure("Unbind")
    reader.told("The binding is gone")
    assert [each["source"] for each in api.get(f"{kept}/bindings").json] == [""]


@pytest.mark.usefixtures("odd")
@pytest.mark.parametrize("name", NAMES.values(), ids=NAMES)
def test_who_is_named_so_is_let_in_where_it_is_named_so(reader, node, name):
    api, told = Api(node, node.management_url), quote(name, safe="")
    reader.go("users", name)
    reader.page.get_by_role("button", name="Set", exact=True).first.click()
    reader.fill(vhost=name, write="^$")
    reader.send("Set")
    reader.told(f"{name} is saved")
    assert api.get(f"/api/permissions/{told}/{told}").json["write"] == "^$"
    reader.sure("Clear")
    reader.sees("This user may enter no virtual host.")
    assert api.get(f"/api/permissions/{told}/{told}").status == 404


@pytest.mark.usefixtures("odd")
@pytest.mark.parametrize("name", NAMES.values(), ids=NAMES)
def test_a_virtual_host_named_so_is_chosen(reader, name):
    chosen = reader.page.get_by_role("banner").get_by_label("Virtual host")
    chosen.select_option(name)
    for page, seen in (
        ("queues", "No queue is there yet."),
        ("exchanges", "amq.topic"),
        ("connections", "Nobody is connected."),
        ("topology", "Nothing is bound yet."),
        ("policies", "There is no policy."),
        ("route", "Every message has found a queue."),
    ):
        reader.go(page)
        expect(reader.page.locator("main")).to_contain_text(seen)
    chosen.select_option("")


@pytest.mark.parametrize("name", [*NAMES.values(), LINES], ids=[*NAMES, "lines"])
def test_a_policy_named_so_is_changed_and_deleted(reader, node, name):
    node.admin.add_vhost("ruled")
    node.admin.set_policy(Policy(name, "^never$", {"max-length": 1}), "ruled")
    api = Api(node, node.management_url)
    reader.page.get_by_role("banner").get_by_label("Virtual host").select_option("ruled")
    reader.go("policies")
    row = reader.page.locator("tbody").get_by_role("row").filter(has_text="^never$")
    reader.press("Change", within=row)
    reader.fill(definition="max-length = 2")
    reader.send("Change")
    expect(row).to_contain_text("max-length = 2")
    (policy,) = api.get("/api/policies/ruled").json
    assert (policy["name"], policy["definition"]) == (name, {"max-length": 2})
    reader.sure("Delete")
    expect(row).to_have_count(0)
    assert api.get("/api/policies/ruled").json == []
    api.ask("DELETE", "/api/vhosts/ruled")


def test_a_binding_whose_key_has_lines_is_taken_away(reader, node):
    connection = pika.BlockingConnection(pika.URLParameters(node.url))
    channel = connection.channel()
    channel.queue_declare("of lines")
    channel.queue_bind("of lines", "amq.headers", LINES, arguments={LINES: LINES})
    channel.basic_publish("", "of lines", b"", pika.BasicProperties(headers={LINES: LINES}))
    connection.close()
    reader.go("messages", "/", "of lines")
    message = reader.page.get_by_role("list", name="Messages").get_by_role("group").first
    message.locator("summary").click()
    expect(message).to_contain_text(f"{LINES} = {LINES}")
    reader.go("queues", "/", "of lines")
    reader.sure("Unbind")
    reader.told("The binding is gone")
