"""A node is a host of its port."""

from leveret.control.host import Host
from tests.control.served import OneBroker

ASKED = {name for name in vars(Host) if not name.startswith("_")}


def test_what_the_port_asks_for_is_there():
    assert {"settings", "broker", "settled", "start_app", "stop_app"} <= ASKED
    assert set(dir(OneBroker())) >= ASKED
