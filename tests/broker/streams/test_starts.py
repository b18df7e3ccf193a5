"""x-stream-offset, in every form."""

import pytest

from leveret.broker.errors import PreconditionFailed
from leveret.broker.streams.starts import FIRST, LAST, NEXT, Start, start_of
from leveret.wire.values import Decimal, Int8, Int64, Timestamp, UInt8


def start(value):
    return start_of("queue 'q' in vhost '/'", {"x-stream-offset": value}, lambda: 10_000.0)


@pytest.mark.parametrize(
    ("value", "found"),
    [
        ("first", FIRST),
        ("last", LAST),
        ("next", NEXT),
        (b"first", FIRST),
        (5, Start(offset=5)),
        (-5, Start(offset=-5)),
        (Int64(2**40), Start(offset=2**40)),
        (Int8(1), Start(offset=1)),
        (UInt8(1), Start(offset=1)),
        (Timestamp(1_700_000_000), Start(since_s=1_700_000_000.0)),
        ("5m", Start(since_s=9_700.0)),
        ("1h", Start(since_s=6_400.0)),
    ],
)
def test_a_start(value, found):
    assert start(value) == found


def test_without_one_only_what_comes_is_read():
    assert start_of("q", {}, lambda: 0.0) is NEXT


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ("1", '{longstr,<<"1">>}'),
        ("foo", '{longstr,<<"foo">>}'),
        ("FIRST", '{longstr,<<"FIRST">>}'),
        ("", "{longstr,<<>>}"),
        ("1h2m", '{longstr,<<"1h2m">>}'),
        (b"5m", '{binary,<<"5m">>}'),
        (True, "{bool,true}"),
        (1.5, "{double,1.5}"),
        (None, "{void,undefined}"),
        (Decimal(1, 15), "{decimal,{1,15}}"),
    ],
)
def test_what_is_none_is_refused(value, said):
    with pytest.raises(PreconditionFailed) as refused:
        start(value)
    assert str(refused.value) == (
        "invalid arg 'x-stream-offset' for queue 'q' in vhost '/': "
        f"{{invalid_stream_offset_arg,{said}}}"
    )
