"""A node is a host of its port, its application what the port asks about."""

from leveret.application import Application
from leveret.cluster.commanding import Commanding
from leveret.control.host import Clustering, Host, Running
from leveret.node import Node
from tests.control.served import ALONE


def asked(protocol):
    return {name for name in vars(protocol) if not name.startswith("_")}


def test_what_the_port_asks_for_is_there():
    assert asked(Host) >= {"settings", "application", "start_app", "stop_app", "reset"}
    assert set(dir(Node(ALONE))) >= asked(Host) | {"told_to_stop"}
    assert set(dir(Commanding)) >= asked(Clustering)
    assert set(dir(Application)) | {"machine", "peers", "is_under_maintenance"} >= asked(Running)
