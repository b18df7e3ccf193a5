"""The pages for people."""

from leveret.management.openapi.page import page_of_api, page_of_script
from leveret.management.resource import ADMINISTRATOR, VHOST, Resource


def test_every_resource_has_its_row():
    resource = Resource(
        "/queues/{vhost}", VHOST, "Queues & more.", get=print, put=print,
        needs_to_write=ADMINISTRATOR,
    )  # fmt: skip
    page = page_of_api([resource], "/rabbit")
    assert "<td>/queues/{vhost}<td>GET PUT<td>vhost, administrator<td>Queues &amp; more." in page
    assert 'href="/rabbit/api/openapi.json"' in page


def test_the_script_is_where_the_page_says():
    assert 'href="/rabbit/cli/rabbitmqadmin"' in page_of_script("/rabbit")
