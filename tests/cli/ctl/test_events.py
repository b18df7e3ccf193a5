"""list_events, as it is read."""

from leveret.cli.ctl.events import as_fields


def test_fields_say_first_what_the_thing_is():
    told = {"durable": True, "arguments": ["{a}"], "owner_pid": "", "name": "jobs", "vhost": "/"}
    assert as_fields(told) == 'name=jobs vhost=/ durable=true arguments=["{a}"]'


def test_an_event_is_a_row(ctl, node):
    node.broker.events.keep(lambda: 0.0)
    ctl("add_vhost", "elsewhere")
    told = ctl("list_events", "name", "by", "fields").out.splitlines()
    assert told[:2] == ["Listing events ...", "name\tby\tfields"]
    assert told[-1].startswith("vhost.created\trmq-cli\tname=elsewhere ")
