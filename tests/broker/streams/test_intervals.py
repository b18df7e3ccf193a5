"""Intervals, as RabbitMQ 3.10.8 takes and refuses them."""

import pytest

from leveret.broker.streams.intervals import interval_s


@pytest.mark.parametrize(
    ("said", "seconds"),
    [
        ("1s", 1),
        ("90s", 90),
        ("5m", 300),
        ("1h", 3600),
        ("01h", 3600),
        ("7D", 604_800),
        ("2M", 5_184_000),
        ("1Y", 31_536_000),
        ("99999999999Y", 99_999_999_999 * 31_536_000),
    ],
)
def test_an_interval_is_a_number_and_a_unit(said, seconds):
    assert interval_s(said) == seconds


@pytest.mark.parametrize(
    "said", ["", "5", "h", "5x", "1d", "1H", "0s", "1h2m", "1.5h", " 1h", "1h ", "-1h", "+1h", "٣h"]
)
def test_anything_else_is_none(said):
    assert interval_s(said) is None
