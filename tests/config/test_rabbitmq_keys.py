"""Keys that RabbitMQ knows and Leveret does not honour yet."""

import pytest

from leveret.config.rabbitmq_keys import known_but_not_supported
from leveret.config.settings import ROWS


@pytest.mark.parametrize(
    "key",
    [
        "ssl_options.cacertfile",
        "listeners.ssl.default",
        "management.tcp.port",
        "vm_memory_calculation_strategy",
        "cluster_formation.peer_discovery_backend",
        "log.file.rotation.count",
    ],
)
def test_a_key_of_a_later_feature_is_known(key):
    assert known_but_not_supported(key)


def test_a_key_that_works_is_in_one_table_only():
    both = [row.key for row in ROWS if row.key and known_but_not_supported(row.key)]
    # Of log.console.* and management.*.
    assert set(both) <= {
        "log.console.level",
        "log.console.formatter",
        "management.load_definitions",
    }


def test_a_word_nobody_knows_is_unknown():
    assert not known_but_not_supported("defualt_user")
