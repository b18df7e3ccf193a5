"""Bodies of HTML forms with files."""

import pytest

from leveret.management.answers import HttpRefused
from leveret.management.multipart import fields_of

KIND = "multipart/form-data; boundary=XX"


def part(head, content):
    return b"--XX\r\nContent-Disposition: form-data; " + head + b"\r\n\r\n" + content + b"\r\n"


def test_a_field_is_its_octets_as_they_came():
    content = bytes(range(256)) + "é".encode()
    form = part(b'name="file"; filename="x.json"', content) + part(b'name="n"', b"") + b"--XX--\r\n"
    assert fields_of(KIND, form) == {"file": content, "n": b""}


@pytest.mark.parametrize(
    ("kind", "content"),
    [
        (KIND, b"garbage"),
        (KIND, b""),
        (KIND, b"--XX--\r\n"),
        ("multipart/form-data", b"--XX--\r\n"),
    ],
)
def test_what_is_no_form_is_refused_without_a_word(kind, content):
    with pytest.raises(HttpRefused) as refused:
        fields_of(kind, content)
    assert (refused.value.status, refused.value.error) == (400, "")
