"""What is in a broker when it starts. (The rest: tests/test_node.py, with real files.)"""

import pytest

from leveret.config import Settings
from leveret.errors import StartRefused
from leveret.furnish import furnished


def test_a_first_start_makes_a_vhost_and_a_user():
    broker = furnished(Settings(default_user="hare", default_vhost="burrow"), None, None)
    assert list(broker.vhosts) == ["burrow"]
    assert broker.vhosts["burrow"].metadata.description == "Default virtual host"
    assert broker.users.find("hare").tags == {"administrator"}
    assert broker.permissions.get("hare", "burrow") is not None


def test_a_document_is_laid_over_it():
    broker = furnished(Settings(), None, b'{"vhosts": [{"name": "more"}]}')
    assert list(broker.vhosts) == ["/", "more"]


def test_a_user_with_senseless_permissions_refuses_the_start():
    with pytest.raises(StartRefused, match="cannot grant user 'guest' its permissions"):
        furnished(Settings(default_read="("), None, None)
