"""What the wire can carry, as hypothesis strategies."""

import struct

from hypothesis import strategies as st

from leveret.wire.properties import Properties
from leveret.wire.values import (
    Decimal,
    Float32,
    Int8,
    Int16,
    Int32,
    Int64,
    Timestamp,
    UInt8,
    UInt16,
    UInt32,
    text,
)


def signed(bits):
    return st.integers(-(2 ** (bits - 1)), 2 ** (bits - 1) - 1)


def unsigned(bits):
    return st.integers(0, 2**bits - 1)


# Any octets make a string: what is not UTF-8 travels as surrogates.
short_strings = st.binary(max_size=40).map(text)
long_strings = st.binary(max_size=60).map(text)

scalars = st.one_of(
    st.booleans(),
    signed(8).map(Int8),
    unsigned(8).map(UInt8),
    signed(16).map(Int16),
    unsigned(16).map(UInt16),
    signed(32).map(Int32),
    unsigned(32).map(UInt32),
    signed(64).map(Int64),
    unsigned(64).map(Timestamp),
    st.floats(width=32, allow_nan=False).map(Float32),
    st.floats(allow_nan=False),
    st.builds(Decimal, unsigned(8), unsigned(32)),
    long_strings,
    st.binary(max_size=60),
    st.none(),
)
values = st.recursive(
    scalars,
    lambda inner: st.one_of(
        st.lists(inner, max_size=4), st.dictionaries(short_strings, inner, max_size=4)
    ),
    max_leaves=12,
)
tables = st.dictionaries(short_strings, values, max_size=6)

by_domain = {
    "octet": unsigned(8),
    "short": unsigned(16),
    "long": unsigned(32),
    "longlong": unsigned(64),
    # RabbitMQ insists on UTF-8 here, and here alone.
    "shortstr": st.text(max_size=40),
    "longstr": st.binary(max_size=60),
    "table": tables,
    "bit": st.booleans(),
}


def methods_of_kind(kind):
    """Any method of a class, with any arguments."""
    return st.builds(kind, **{name: by_domain[domain] for name, domain in kind.layout})


def _absent_or(strategy):
    return st.none() | strategy


properties = st.builds(
    Properties,
    headers=_absent_or(tables),
    delivery_mode=_absent_or(unsigned(8)),
    priority=_absent_or(unsigned(8)),
    timestamp=_absent_or(unsigned(64)),
    **{
        name: _absent_or(short_strings)
        for name in (
            "content_type",
            "content_encoding",
            "correlation_id",
            "reply_to",
            "expiration",
            "message_id",
            "type",
            "user_id",
            "app_id",
            "cluster_id",
        )
    },
)


def _table_octets(fields):
    pairs = b"".join(bytes((len(name),)) + name + value for name, value in fields.items())
    return len(pairs).to_bytes(4, "big") + pairs


def _tagged(tag, payload):
    return payload.map(lambda data: tag + data)


def _with_length(data):
    return len(data).to_bytes(4, "big") + data


# Encoded tables that were not made by our encoder, in the one spelling that each value has.
_scalar_octets = st.one_of(
    _tagged(b"t", st.sampled_from([b"\0", b"\1"])),
    *[_tagged(tag, st.binary(min_size=1, max_size=1)) for tag in (b"b", b"B")],
    *[_tagged(tag, st.binary(min_size=2, max_size=2)) for tag in (b"s", b"u")],
    *[_tagged(tag, st.binary(min_size=4, max_size=4)) for tag in (b"I", b"i")],
    *[_tagged(tag, st.binary(min_size=8, max_size=8)) for tag in (b"l", b"T")],
    _tagged(b"f", st.floats(width=32).map(struct.Struct(">f").pack)),
    _tagged(b"d", st.floats().map(struct.Struct(">d").pack)),
    _tagged(b"D", st.binary(min_size=5, max_size=5)),
    *[_tagged(tag, st.binary(max_size=40).map(_with_length)) for tag in (b"S", b"x")],
    st.just(b"V"),
)
_names = st.binary(max_size=20)
_value_octets = st.recursive(
    _scalar_octets,
    lambda inner: st.one_of(
        _tagged(b"A", st.lists(inner, max_size=4).map(b"".join).map(_with_length)),
        _tagged(b"F", st.dictionaries(_names, inner, max_size=4).map(_table_octets)),
    ),
    max_leaves=12,
)
table_octets = st.dictionaries(_names, _value_octets, max_size=6).map(_table_octets)
