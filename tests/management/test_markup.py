"""Refusals that RabbitMQ writes for its web pages."""

import pytest

from leveret.broker.errors import InvalidParameter, NotFound
from leveret.management.answers import BadRequest
from leveret.management.markup import escaping


def test_what_is_wrong_with_a_parameter_is_told_as_html():
    with pytest.raises(BadRequest) as refused, escaping():
        raise InvalidParameter('<<"x">> & more')
    assert refused.value.reason == '&lt;&lt;"x"&gt;&gt; &amp; more'


def test_other_refusals_stay_as_they_are():
    with pytest.raises(NotFound), escaping():
        raise NotFound("<")
