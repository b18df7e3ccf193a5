"""Class basic against pamqp: names, domains, order, bytes."""

import pytest

from leveret.wire import codec
from leveret.wire.methods import basic
from tests.wire.pamqp_twin import (
    examples_of,
    layout_by_pamqp,
    methods_of,
    read_by_pamqp,
    written_by_pamqp,
)


@pytest.mark.parametrize("kind", methods_of(basic))
def test_a_method_declares_the_arguments_that_pamqp_knows(kind):
    assert kind.layout == layout_by_pamqp(kind)


@pytest.mark.parametrize("method", examples_of(basic), ids=repr)
def test_a_method_travels_as_pamqp_writes_and_reads_it(method):
    payload = codec.encode(method)
    assert payload == written_by_pamqp(method)
    assert read_by_pamqp(payload) == method.values()
    assert codec.decode(payload) == method
