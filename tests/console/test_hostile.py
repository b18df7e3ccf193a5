"""Names that are HTML, script or odd: shown as they are everywhere, and used by a click."""

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
}
LISTS = ("connections", "exchanges", "queues", "users", "vhosts", "policies", "limits")


@pytest.fixture(scope="module")
def odd(node):
    """Something of each kind with each of the names."""
    connections = []
    for name in NAMES.values():
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
        expect(where).to_contain_text(name[:29] if page == "topology" else name)
        assert where.locator("img, script, b b").count() == 0


@pytest.mark.usefixtures("odd")
@pytest.mark.parametrize("kind", ["an image", "a script", "a path", "long"])
def test_what_is_named_so_is_opened_by_a_click(reader, kind):
    name = NAMES[kind]
    for page in ("queues", "exchanges", "vhosts", "users"):
        reader.go(page)
        reader.page.locator("main a").filter(has_text=name).first.click()
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
    doomed = name[:-1] + "!"
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
