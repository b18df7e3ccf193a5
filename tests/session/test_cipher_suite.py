"""The parts of cipher suites, as Erlang has them of the same names: `ssl:str_to_suite(Name)`."""

import ssl

import pytest

from leveret.session.cipher_suite import parts

SUITES = {
    "TLS_AES_256_GCM_SHA384": ("any", "aes_256_gcm", "aead"),
    "TLS_CHACHA20_POLY1305_SHA256": ("any", "chacha20_poly1305", "aead"),
    "ECDHE-ECDSA-AES256-GCM-SHA384": ("ecdhe_ecdsa", "aes_256_gcm", "aead"),
    "ECDHE-RSA-CHACHA20-POLY1305": ("ecdhe_rsa", "chacha20_poly1305", "aead"),
    "ECDHE-ECDSA-AES256-SHA384": ("ecdhe_ecdsa", "aes_256_cbc", "sha384"),
    "DHE-RSA-AES128-SHA256": ("dhe_rsa", "aes_128_cbc", "sha256"),
    "ECDHE-ECDSA-AES128-CCM8": ("ecdhe_ecdsa", "aes_128_ccm_8", "aead"),
    "ECDHE-ECDSA-AES128-CCM": ("ecdhe_ecdsa", "aes_128_ccm", "aead"),
    "AES256-GCM-SHA384": ("rsa", "aes_256_gcm", "aead"),
    "AES128-SHA": ("rsa", "aes_128_cbc", "sha"),
    "": ("", "", ""),
}


@pytest.mark.parametrize("name", SUITES)
def test_a_suite_comes_apart_as_rabbitmq_has_it(name):
    assert parts(name) == SUITES[name]


def test_every_suite_of_this_machine_has_three_parts():
    offered = [each["name"] for each in ssl.create_default_context().get_ciphers()]
    assert offered
    assert all(all(parts(name)) for name in offered)
