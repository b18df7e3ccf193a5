"""Virtual hosts are made and listed."""

import pytest

from leveret.control import exits
from leveret.control.call import Call, VerbRefused
from leveret.control.verbs.vhosts import COLUMNS, add_vhost, list_vhosts
from tests.control.served import OneBroker


def listed(host, *columns):
    return list(list_vhosts(Call(host, {"columns": list(columns)})).rows)


def test_one_is_made_with_what_is_said_of_it():
    host = OneBroker()
    add_vhost(Call(host, {"vhost": "a", "description": "of a", "tags": "x, y,"}))
    assert listed(host, "name", "description", "tags") == [["/", "", []], ["a", "of a", ["x", "y"]]]


def test_all_columns_have_values():
    host = OneBroker()
    add_vhost(Call(host, {"vhost": "a", "default_queue_type": "quorum"}))
    assert listed(host, *COLUMNS)[1] == ["a", "", [], "quorum", False, "running"]


def test_a_queue_type_that_there_is_not():
    with pytest.raises(VerbRefused, match="invalid_queue_type") as refused:
        add_vhost(Call(OneBroker(), {"vhost": "a", "default_queue_type": "round"}))
    assert refused.value.exit_code == exits.SOFTWARE
