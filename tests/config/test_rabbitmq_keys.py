"""Keys that RabbitMQ knows and Leveret does not honour yet."""

import pytest

from leveret.config.rabbitmq_keys import known_but_not_supported, what_to_do_without
from leveret.config.settings import ROWS


@pytest.mark.parametrize(
    "key",
    [
        "management.tcp.port",
        "vm_memory_calculation_strategy",
        "cluster_formation.target_cluster_size_hint",
        "log.file.rotation.count",
    ],
)
def test_a_key_of_a_later_feature_is_known(key):
    assert known_but_not_supported(key)


def test_a_key_that_works_is_in_one_table_only():
    both = [row.key for row in ROWS if row.key and known_but_not_supported(row.key)]
    # Families of which Leveret has some.
    families = ("log.console.", "management.", "prometheus.")
    assert [key for key in both if not key.startswith(families)] == []


def test_a_word_nobody_knows_is_unknown():
    assert not known_but_not_supported("defualt_user")


@pytest.mark.parametrize(
    ("key", "advice"),
    [
        ("ssl_options.key.RSAPrivateKey", "write it to a file in PEM form and name that in"),
        ("ssl_options.psk_identity", "use certificates"),
        ("tcp_listen_options.send_timeout", "heartbeats end a peer"),
        ("tcp_listen_options.buffer", "recbuf"),
    ],
)
def test_a_key_that_cannot_be_honoured_says_what_to_do(key, advice):
    assert advice in what_to_do_without(key)


def test_a_key_that_works_has_no_advice():
    assert not [row.key for row in ROWS if row.key and what_to_do_without(row.key)]
