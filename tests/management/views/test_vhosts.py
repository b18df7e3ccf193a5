"""What is shown of a vhost."""

from leveret.broker.vhost_metadata import VhostMetadata
from leveret.management.views.vhosts import VHOST
from tests.management.asked import Office


def test_what_nobody_said_is_undefined_in_one_place_and_missing_in_the_other():
    office = Office()
    shown = VHOST.render(office.broker.vhosts["/"], office.call().look)
    assert shown["default_queue_type"] == "undefined"
    assert shown["metadata"] == {"description": "", "tags": []}


def test_what_is_known_is_shown_twice():
    office = Office()
    office.broker.describe_vhost("/", VhostMetadata("d", ("x",), "stream"))
    shown = VHOST.render(office.broker.vhosts["/"], office.call().look)
    inner = shown["metadata"]
    assert inner == {key: shown[key] for key in ("description", "tags", "default_queue_type")}
