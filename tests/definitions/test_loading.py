"""Files into a broker: all of them, or nothing."""

import json
import logging
from pathlib import Path

import pytest

from leveret.broker.definitions.exporting import definitions_of
from leveret.broker.errors import NotFound
from leveret.definitions.files import Source
from leveret.definitions.loading import (
    DefinitionsRefused,
    import_sources,
    import_steps,
    log_report,
    plan_sources,
)
from leveret.definitions.writing import write_document
from tests.broker.definitions.entries import new_broker


def source(name, **sections):
    return Source(Path(name), json.dumps(sections).encode())


VHOST = source("10.json", vhosts=[{"name": "/"}], shovels=[])
QUEUE = source("20.json", queues=[{"name": "jobs", "vhost": "/"}])
BAD = source("30.json", queues=[{"name": "jobs", "vhost": "x"}], bindings=[{}])
WORSE = source("40.json", queues=[{"name": n, "vhost": "x"} for n in "ab"])


def names(broker):
    return [str(each) for each in definitions_of(broker)]


def test_later_files_need_what_earlier_ones_bring():
    broker = new_broker()
    reports = import_sources(broker, [VHOST, QUEUE])
    assert names(broker) == ["vhost '/'", "queue 'jobs' in vhost '/'"]
    assert [(each.path.name, dict(report.applied)) for each, report in reports] == [
        ("10.json", {"vhosts": 1}),
        ("20.json", {"queues": 1}),
    ]
    assert [str(each) for each in reports[0][1].skipped] == [
        "shovels: section: this section is not known"
    ]


@pytest.mark.parametrize(("bad", "count"), [(BAD, 1), (WORSE, 2)])
def test_a_fault_in_the_last_file_and_nothing_is_done(bad, count):
    broker = new_broker()
    with pytest.raises(DefinitionsRefused) as refused:
        import_sources(broker, [VHOST, QUEUE, bad])
    assert names(broker) == []
    assert refused.value.path == bad.path
    assert len(refused.value.faults) == count


def test_the_refusal_names_file_section_and_entry():
    with pytest.raises(DefinitionsRefused) as refused:
        import_sources(new_broker(), [WORSE])
    assert str(refused.value) == (
        "the definitions 40.json: queues: queue 'a' in vhost 'x': there is no vhost 'x' "
        "(and 1 more: `leveret definitions check 40.json`)"
    )


def test_planning_does_nothing():
    broker = new_broker()
    (planned,) = plan_sources(broker, [VHOST])
    assert len(planned.plan.entries) == 1
    assert names(broker) == []


def test_one_vhost_for_everything():
    broker = new_broker()
    broker.add_vhost("x")
    import_sources(broker, [QUEUE], "x")
    assert "queue 'jobs' in vhost 'x'" in names(broker)


def test_what_came_of_it_is_logged(caplog):
    caplog.set_level(logging.INFO, "leveret.definitions")
    for told, report in import_sources(new_broker(), [VHOST]):
        log_report(told, report)
    summary, left_out = caplog.records
    assert summary.getMessage() == (
        "definitions 10.json: applied 1 vhost; 0 were there already; 1 skipped"
    )
    assert summary.fields == {
        "event": "definitions",
        "file": "10.json",
        "applied": {"vhosts": 1},
        "unchanged": {},
        "without_effect": 0,
        "skipped": 1,
    }
    assert left_out.levelname == "WARNING"
    assert left_out.getMessage() == (
        "definitions 10.json: skipped: shovels: section: this section is not known"
    )


GOLDEN = Path(__file__).parent / "golden"


@pytest.mark.parametrize(
    ("name", "skipped", "idle"),
    [
        ("rabbitmq-3.10.8-ctl.json", {"queues", "bindings"}, 4),
        ("rabbitmq-3.10.8-http.json", {"global_parameters", "queues", "bindings"}, 4),
        ("rabbitmq-3.13.json", {"global_parameters"}, 1),
    ],
)
def test_rabbitmqs_own_documents_import(name, skipped, idle):
    broker = new_broker()
    told = Source(Path(name), (GOLDEN / name).read_bytes())
    ((_, report),) = import_sources(broker, [told])
    assert {each.section for each in report.skipped} == skipped
    assert len(report.idle) == idle
    again = Source(Path("again"), write_document(definitions_of(broker), "3.13.7"))
    other = new_broker()
    import_sources(other, [again])
    assert list(definitions_of(other)) == list(definitions_of(broker))
    ((_, report),) = import_sources(other, [again])
    assert not report.applied
    assert not report.skipped


def test_rabbitmqs_own_document_of_one_vhost_goes_into_another():
    broker = new_broker()
    broker.add_vhost("new")
    name = "rabbitmq-3.10.8-http-vhost.json"
    import_sources(broker, [Source(Path(name), (GOLDEN / name).read_bytes())], "new")
    assert "q.1" in broker.vhosts["new"].queues
    assert set(broker.vhosts["new"].policies.user.by_name) == {"ttl"}
    assert broker.vhosts["new"].limits == {"max-connections": 100, "max-queues": -1}


def test_all_is_looked_at_before_anything_is_made_entry_by_entry():
    broker = new_broker()
    told = [names(broker) for _ in import_steps(broker, [VHOST, QUEUE])]
    vhost, queue = "vhost '/'", "queue 'jobs' in vhost '/'"
    # Two entries are read, two are rehearsed, then both are made.
    assert told == [[], [], [], [], [vhost], [vhost, queue]]


def test_what_does_not_fit_any_more_is_refused_where_it_is_met():
    broker = new_broker()
    steps = import_steps(broker, [VHOST, QUEUE])
    for _ in range(5):
        next(steps)
    broker.remove_vhost("/")
    with pytest.raises(NotFound):
        list(steps)
