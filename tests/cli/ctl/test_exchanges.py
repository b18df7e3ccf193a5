"""leveretctl's listings of exchanges and bindings."""

import pytest

pytestmark = pytest.mark.usefixtures("node")


def test_exchanges(ctl):
    listed = ctl("list_exchanges")
    assert listed.out.startswith("Listing exchanges for vhost / ...\nname\ttype\n\tdirect\n")
    assert "amq.topic\ttrue\t[]\n" in ctl("list_exchanges", "name,durable,arguments").out


def test_bindings(ctl):
    assert ctl("list_bindings").out == "Listing bindings for vhost /...\n"
    assert ctl("list_bindings", "--formatter", "json").out == "[\n]\n"
