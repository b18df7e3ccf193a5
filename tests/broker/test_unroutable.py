"""Publishes that went nowhere."""

import pytest

from leveret.broker.message import pack_address
from leveret.broker.unroutable import Unrouted


@pytest.mark.parametrize(("is_returned", "outcome"), [(True, "returned"), (False, "dropped")])
def test_it_tells_where_it_was_to_go(is_returned, outcome):
    address = pack_address(b"news", "größe".encode())
    noted = Unrouted(1.0, address, "ada", "a -> b", 3, is_returned)
    assert (noted.exchange, noted.routing_key, noted.outcome) == ("news", "größe", outcome)
