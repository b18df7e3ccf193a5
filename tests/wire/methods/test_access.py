"""Class access, which pamqp has left behind: golden bytes after the 0-8 book."""

import pytest

from leveret.wire import codec
from leveret.wire.methods import AccessRequest, AccessRequestOk

EXAMPLES = [
    (AccessRequest(), "001e 000a 00 00"),
    (AccessRequest(realm="/data"), "001e 000a 05 2f64617461 00"),
    (AccessRequest(exclusive=True), "001e 000a 00 01"),
    (AccessRequest(passive=True), "001e 000a 00 02"),
    (AccessRequest(active=True), "001e 000a 00 04"),
    (AccessRequest(write=True), "001e 000a 00 08"),
    (AccessRequest(read=True), "001e 000a 00 10"),
    (AccessRequestOk(ticket=0x1234), "001e 000b 1234"),
]


@pytest.mark.parametrize(("method", "golden"), EXAMPLES)
def test_an_access_method_travels_as_the_old_book_draws_it(method, golden):
    assert codec.encode(method) == bytes.fromhex(golden)
    assert codec.decode(bytes.fromhex(golden)) == method
