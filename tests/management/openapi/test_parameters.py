"""What paths and queries name."""

import pytest

from leveret.management.openapi.parameters import in_path, in_query, is_list


def names(parameters):
    return [each["name"] for each in parameters]


def test_every_segment_is_a_parameter_that_must_be_there():
    parameters = in_path("/bindings/{vhost}/e/{source}/q/{destination}")
    assert names(parameters) == ["vhost", "source", "destination"]
    assert all(each["required"] and each["description"] for each in parameters)


def test_a_segment_that_nobody_explained_is_a_mistake():
    with pytest.raises(KeyError):
        in_path("/frobs/{frob}")


@pytest.mark.parametrize(
    ("path", "listed"),
    [
        ("/queues", True),
        ("/queues/{vhost}", True),
        ("/queues/{vhost}/{name}", False),
        ("/vhosts", True),
        ("/vhosts/{vhost}", False),
        ("/overview", False),
    ],
)
def test_what_is_a_list(path, listed):
    assert is_list(path) is listed


def test_a_list_may_be_sorted_and_cut_to_columns_and_some_into_pages():
    assert {"columns", "sort", "page", "use_regex"} <= {*names(in_query("/queues", "GET"))}
    assert names(in_query("/bindings", "GET")) == ["columns", "sort", "sort_reverse"]


def test_what_is_sampled_says_of_which_time():
    assert "msg_rates_age" in names(in_query("/overview", "GET"))
    assert names(in_query("/cluster-name", "GET")) == []


def test_something_may_be_deleted_on_a_condition():
    assert names(in_query("/queues/{vhost}/{name}", "DELETE")) == ["if-empty", "if-unused"]
    assert names(in_query("/queues/{vhost}/{name}", "PUT")) == []
