"""What the memory is for."""

from leveret.management.metrics.memory import MEMORY, TABLE
from leveret.server.memory_breakdown import CATEGORIES


def test_every_part_has_its_metric(pages):
    page = pages.get("/metrics/memory-breakdown")
    parts = [page(metric.name) for metric in MEMORY.metrics]
    assert sum(parts) > 1_000_000
    assert page("memory_other_system_bytes") > 0
    assert page("memory_atom_table_bytes") == 0


def test_the_table_leaves_out_what_only_mirrors_have():
    assert set(CATEGORIES) - {category for _name, category, _about in TABLE} == {
        "queue_slave_procs"
    }
