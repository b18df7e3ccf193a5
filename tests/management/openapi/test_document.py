"""The description holds every resource, and says of each who may ask and what comes back."""

import pytest

from leveret.management.api import RESOURCES
from leveret.management.openapi.document import describe
from leveret.management.resource import ADMINISTRATOR, ANYBODY, MANAGEMENT, VHOST, Resource


def handler(_call):
    raise NotImplementedError


def described(resource):
    return describe([resource])["paths"][resource.path]


@pytest.fixture(scope="module")
def document():
    return describe(RESOURCES, "/rabbit")


def test_every_resource_is_described_with_all_its_methods(document):
    methods = {"get", "put", "post", "delete"}
    paths = {path: methods & told.keys() for path, told in document["paths"].items()}
    assert paths == {each.path: {m.lower() for m in each.handlers} for each in RESOURCES}


def test_every_operation_has_a_name_of_its_own(document):
    ids = [
        told["operationId"]
        for path in document["paths"].values()
        for told in path.values()
        if isinstance(told, dict)
    ]
    assert len(ids) == len(set(ids)) == sum(len(each.handlers) for each in RESOURCES)


def test_every_resource_says_what_it_is_about():
    assert not [each.path for each in RESOURCES if not each.about.endswith((".", "?"))]


def test_what_is_before_the_api_is_in_the_servers_url(document):
    assert document["servers"] == [{"url": "/rabbit/api"}]


def test_who_may_ask_is_said_by_method():
    told = described(
        Resource("/x", MANAGEMENT, "X.", get=handler, put=handler, needs_to_write=ADMINISTRATOR)
    )
    assert "management, monitoring, policymaker" in told["get"]["description"]
    assert told["put"]["description"] == "Needs one of the tags administrator."


def test_a_vhost_needs_permissions_too():
    told = described(Resource("/queues/{vhost}", VHOST, "X.", get=handler))
    assert told["get"]["description"].endswith("and permissions in the vhost.")
    assert "404" in told["get"]["responses"]


def test_what_is_open_to_anybody_needs_no_login():
    told = described(Resource("/x", ANYBODY, "X.", get=handler))["get"]
    assert told["security"] == []
    assert "401" not in told["responses"]


def test_a_body_is_described_in_the_form_it_comes_in():
    queue = described(Resource("/queues/{vhost}/{name}", VHOST, "X.", put=handler))["put"]
    assert queue["requestBody"]["content"].keys() == {"application/json"}
    login = described(Resource("/login", ANYBODY, "X.", post=handler))["post"]
    assert login["requestBody"]["required"]
    assert login["requestBody"]["content"].keys() == {"application/x-www-form-urlencoded"}


def test_a_list_may_come_as_a_page():
    told = described(Resource("/queues", MANAGEMENT, "X.", get=handler))["get"]
    schema = told["responses"]["200"]["content"]["application/json"]["schema"]
    assert {"$ref": "#/components/schemas/Page"} in schema["anyOf"]


def test_a_check_may_say_that_something_is_wrong():
    told = described(Resource("/health/checks/alarms", MANAGEMENT, "X.", get=handler))["get"]
    assert "503" in told["responses"]
