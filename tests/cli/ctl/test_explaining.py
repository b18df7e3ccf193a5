"""explain_route, as it is read."""

import pytest


@pytest.mark.usefixtures("node")
def test_a_table_says_where_and_why(ctl):
    lines = ctl("explain_route", "amq.topic", "a.b").out.splitlines()
    assert lines == [
        "Explaining the way of 'a.b' from exchange 'amq.topic' in vhost '/' ...",
        "exchange\tdestination\tdestination_type\tmatched\twhy",
        "amq.topic\t\t\tno\tnothing is bound to the exchange",
    ]
