"""Definitions go out as a document and come in from one: all of it or nothing."""

import json

from leveret.control import exits

QUEUE = {"vhost": "/", "durable": True, "auto_delete": False, "arguments": {}}


def test_what_goes_out_comes_in_again(node):
    document = json.dumps({"queues": [{"name": "jobs", **QUEUE}]})
    assert node.ask("import_definitions", document=document) == []
    exported = node.ask("export_definitions")
    assert [each["name"] for each in json.loads(exported)["queues"]] == ["jobs"]
    assert node.ask("import_definitions", document=exported) == []


def test_what_is_left_out_is_told(node):
    document = json.dumps({"nosuch_section": [{}]})
    [remark] = node.ask("import_definitions", document=document)
    assert "nosuch_section" in remark


def test_a_fault_leaves_everything_as_it_was(node):
    queues = [{"name": "good", **QUEUE}, {"name": "bad", **QUEUE | {"vhost": "nowhere"}}]
    code, text = node.refusal("import_definitions", document=json.dumps({"queues": queues}))
    assert code == exits.DATA
    assert "nowhere" in text
    assert not node.broker.vhosts["/"].queues


def test_the_same_document_again_is_not_imported(node):
    document = json.dumps({"vhosts": [{"name": "a"}]})
    node.ask("import_definitions", document=document, skip_if_unchanged=True)
    node.ask("delete_vhost", vhost="a")
    node.ask("import_definitions", document=document, skip_if_unchanged=True)
    assert "a" not in node.broker.vhosts
    node.ask("import_definitions", document=document)
    assert "a" in node.broker.vhosts
