import pytest

from leveret.dial.address import Address
from leveret.dial.connection import ServerClosedError
from leveret.perf.scenarios import connection_churn


@pytest.mark.parametrize("at_once", [1, 5])
def test_connections_are_opened_and_closed(address, pace, at_once):
    result = connection_churn.run(address, pace, lambda _sample: None, at_once=at_once)
    assert result.figures["opened_per_s"] > 0
    assert result.figures["closed_per_s"] > 0


def test_a_refused_login_is_told(address, pace):
    wrong = Address(address.host, address.port, "guest", "wrong", "/")
    with pytest.raises(ServerClosedError, match="ACCESS_REFUSED"):
        connection_churn.run(wrong, pace, lambda _sample: None)
