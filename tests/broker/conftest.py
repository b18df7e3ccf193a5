"""What the tests of the domain share: an agenda that a test runs by hand."""

import pytest

from tests.broker.domain import HandAgenda


@pytest.fixture
def agenda():
    return HandAgenda()
