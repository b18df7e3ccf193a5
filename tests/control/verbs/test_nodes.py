"""The application is stopped and started while the node lives."""

from leveret.control.client import connect
from leveret.control.messages import APP_STOPPED, Refused
from tests.control.served import COOKIE, served


def test_stopped_and_started():
    with served() as node, connect(node.address, COOKIE) as link:
        list(link.ask("stop_app", {}))
        [refused] = link.ask("list_vhosts", {"columns": ["name"]})
        assert isinstance(refused, Refused)
        assert refused.needs == APP_STOPPED
        list(link.ask("start_app", {}))
        assert len(list(link.ask("list_vhosts", {"columns": ["name"]}))) == 4
