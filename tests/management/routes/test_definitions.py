"""Definitions, out of a broker and into it."""

import json

import pytest

from leveret.management.routes import definitions as routes

QUEUE = {"name": "q", "vhost": "/", "durable": True, "auto_delete": False, "arguments": {}}


def test_what_is_exported_is_imported_again(office):
    office.ask(routes.import_definitions, {"queues": [QUEUE], "vhosts": [{"name": "v"}]})
    told = office.ask(routes.show_definitions)
    office.broker.remove_vhost("v")
    assert office.ask(routes.import_definitions, told) == 204
    assert office.ask(routes.show_definitions) == told
    assert told["queues"] == [QUEUE]


def test_only_the_sections_that_are_wanted_are_told(office):
    assert office.ask(routes.show_definitions, query="columns=queues,users").keys() == {
        "queues",
        "users",
    }


def test_a_vhost_is_exported_and_imported_without_its_name(office):
    office.broker.add_vhost("v")
    office.ask(routes.import_definitions, {"queues": [QUEUE]})
    told = office.ask(routes.show_definitions_of_vhost, vhost="/")
    assert "vhost" not in told["queues"][0]
    assert office.ask(routes.import_definitions_into_vhost, told, vhost="v") == 204
    assert "q" in office.broker.vhosts["v"].queues


def test_a_missing_vhost_is_told_as_rabbitmq_does(office):
    asked = {"vhost": "none"}
    assert office.refusal(routes.show_definitions_of_vhost, **asked) == (400, "vhost_not_found")
    refused = office.refusal(routes.import_definitions_into_vhost, {}, **asked)
    assert refused == (404, "vhost_not_found")


def test_a_download_names_its_file(office):
    call = office.call(query="download=my%0d%0ax:%20y.json")
    answer = office.answer(routes.show_definitions, call)
    assert answer.headers == {"content-disposition": "attachment; filename=myx: y.json"}


@pytest.mark.parametrize("content", [b"{bad", b"[]", b"3", b'"x"', b"null", b"\xff", b"[" * 9999])
def test_what_is_no_document_is_refused(office, content):
    assert office.refusal(routes.import_definitions, content) == (400, "failed_to_parse_json")


def test_nothing_is_an_empty_document(office):
    assert office.ask(routes.import_definitions, b"") == 204


def test_every_fault_is_told_and_nothing_is_changed(office):
    told = {"vhosts": [{"name": "v"}], "users": [{"name": "bob"}, {"name": "cleo"}]}
    status, reason = office.refusal(routes.import_definitions, told)
    assert (status, len(reason.splitlines())) == (400, 2)
    assert "v" not in office.broker.vhosts


def test_other_types_of_content_are_refused(office):
    headers = {"content-type": "text/plain"}
    assert office.refusal(routes.import_definitions, b"{}", headers=headers) == (415, "")


def form(**fields):
    parts = [
        f'--XX\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
        for name, value in fields.items()
    ]
    return "".join([*parts, "--XX--\r\n"]).encode()


FORM = {"content-type": "multipart/form-data; boundary=XX"}


def test_a_form_brings_a_file(office):
    document = json.dumps({"vhosts": [{"name": "v"}]})
    assert office.ask(routes.import_definitions, form(file=document), headers=FORM) == 204
    assert "v" in office.broker.vhosts


def test_a_form_says_where_to_go_then(office):
    call = office.call(form(file="{}", redirect="../#/done\r\nx"), headers=FORM)
    answer = office.answer(routes.import_definitions, call)
    assert (answer.status, answer.headers) == (303, {"location": "../#/donex"})


@pytest.mark.parametrize("fields", [{"other": "{}"}, {"file": "{bad"}])
def test_a_form_without_a_document_is_refused(office, fields):
    refused = office.refusal(routes.import_definitions, form(**fields), headers=FORM)
    assert refused == (400, "failed_to_parse_json")
