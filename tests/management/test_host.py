"""What the API asks of a node is what an application has."""

import inspect

from leveret.application import Application
from leveret.config import Settings
from leveret.management.host import Host


def test_an_application_is_a_host():
    asked = {name for name, _ in inspect.getmembers(Host, lambda each: isinstance(each, property))}
    assert asked
    assert asked <= {*dir(Application), *vars(Application(Settings()))}
