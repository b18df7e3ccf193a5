"""What the value of an x-argument may be, beyond what test_arguments.py says of the table."""

from decimal import Decimal as PythonDecimal

import pytest

from leveret.broker.argument_values import type_name
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
)


@pytest.mark.parametrize(
    ("value", "name"),
    [
        (True, "bool"),
        (Int8(1), "byte"),
        (UInt8(1), "unsignedbyte"),
        (Int16(1), "short"),
        (UInt16(1), "unsignedshort"),
        (Int32(1), "signedint"),
        (1, "signedint"),
        (UInt32(1), "unsignedint"),
        (Int64(1), "long"),
        (Timestamp(1), "timestamp"),
        (Float32(1), "float"),
        (1.0, "double"),
        ("a", "longstr"),
        (b"a", "binary"),
        (Decimal(0, 1), "decimal"),
        ({}, "table"),
        ([], "array"),
        (None, "void"),
        (PythonDecimal(1), "void"),
    ],
)
def test_a_value_has_rabbitmqs_name_for_its_type(value, name):
    assert type_name(value) == name
