"""Refusals that RabbitMQ writes for its web pages: `<`, `>` and `&` as HTML has them."""

from __future__ import annotations

from contextlib import contextmanager
from html import escape
from typing import TYPE_CHECKING

from leveret.broker.errors import InvalidParameter
from leveret.management.answers import BadRequest

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextmanager
def escaping() -> Iterator[None]:
    """Within, what is wrong with a parameter or a policy is told so."""
    try:
        yield
    except InvalidParameter as error:
        raise BadRequest(escape(str(error), quote=False)) from None
