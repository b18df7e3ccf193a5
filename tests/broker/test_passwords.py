"""Hashes as RabbitMQ makes them, and what is asked of them."""

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leveret.broker.passwords import ALGORITHMS, MD5, SHA256, SHA512, hash_password, is_right

PASSWORDS = st.text(st.characters(codec="utf-8"), max_size=80)
SALTS = st.binary(min_size=4, max_size=4)


def test_a_hash_is_salt_and_sha_256_as_rabbitmq_computes_it():
    # The worked example of RabbitMQ's documentation (passwords, "this is the algorithm").
    salted = hash_password("test12", bytes.fromhex("908dc60a"))
    assert base64.b64encode(salted) == b"kI3GCqW5JLMJa4iX1lo7X4D6XbYqlLgxIs30+P6tENUV2POR"


@pytest.mark.parametrize(
    ("algorithm", "kept"),
    [
        # What RabbitMQ 3.10.8 made of the password "päss".
        (MD5, "reaTGOumrmsTOY9NuihAmQKZhsc="),
        (SHA256, "to41l8UDmsxSrdDCFEFKyJlf+n7+5psS/7t5NfG6iOL0d1FZ"),
        (
            SHA512,
            (
                "dXdHdyjw7qs4nqWZ/f5ggTEqWjRK8/OXia/+UZDvo/rAZwf0Eh/R5pXPt98MVoZ0"
                "jp1GEkdvac3nbNBrcg/ILEtCydw="
            ),
        ),
    ],
)
def test_a_hash_that_rabbitmq_made_is_known(algorithm, kept):
    password_hash = base64.b64decode(kept)
    assert is_right("päss", password_hash, algorithm)
    assert not is_right("pass", password_hash, algorithm)


@given(PASSWORDS, PASSWORDS, SALTS, st.sampled_from(sorted(ALGORITHMS)))
def test_a_hash_is_right_for_its_password_alone(password, other, salt, algorithm):
    password_hash = hash_password(password, salt, algorithm)
    assert password_hash.startswith(salt)
    assert is_right(password, password_hash, algorithm)
    assert is_right(other, password_hash, algorithm) is (other == password)


@given(st.binary(max_size=40), st.sampled_from(sorted(ALGORITHMS)))
def test_octets_that_are_no_hash_are_right_for_nothing(octets, algorithm):
    assert not is_right("secret", octets, algorithm)


def test_a_password_may_be_any_octets():
    assert is_right("\udcff", hash_password("\udcff", b"salt"), SHA256)


@pytest.mark.parametrize(("algorithm", "octets"), [(MD5, 16), (SHA256, 32), (SHA512, 64)])
def test_an_algorithm_is_known_by_rabbitmqs_name(algorithm, octets):
    assert len(hash_password("secret", b"salt", algorithm)) == 4 + octets
