from dataclasses import asdict

from bench.report import Sitting, new_sitting, ratios, render, row, spread, sync_us
from bench.workload import QUICK, Goal, Scale
from bench.workloads import TABLES

LEVERET, RABBITMQ, BEFORE = "Leveret", "RabbitMQ", "before"
RATE = Goal("delivered_per_s", "1 KiB, auto-ack", "/s", "ratio", "at least", 2.2)
START = Goal("start_s", "start", "s", "itself", "at most", 0.3)
VERSIONS = {RABBITMQ: "RabbitMQ 3.10.8", LEVERET: "Leveret 0.1.0"}


def sitting(load=0.1, versions=VERSIONS, **rates):
    """One round of 1 KiB with acks, in memory or kept: each name a workload, its value a rate."""
    made = Sitting(dict(versions), load, 440.0, 0.5, 3.0, "2026-11-22")
    for workload, rate in rates.items():
        for broker in versions:
            made.add(workload, "delivered_per_s", broker, rate)
    return made


def test_a_ratio_is_judged_by_the_medians():
    values = {LEVERET: [300.0, 200.0, 400.0], RABBITMQ: [100.0, 90.0, 110.0]}
    assert row(RATE, values) == (
        "| 1 KiB, auto-ack | 300/s (200 to 400) | 100/s (90 to 110) | 3.00 (2.22 to 3.64)"
        " | at least 2.2 | met |\n"
    )


def test_a_figure_of_its_own_is_judged_without_the_other():
    assert row(START, {LEVERET: [0.5]}) == (
        "| start | 0.5 s (one round) |  |  | at most 0.3 s | **missed** |\n"
    )


def test_what_is_only_reported_has_no_verdict():
    goal = Goal("x", "p99", "us", "ratio", "reported")
    assert row(goal, {LEVERET: [1.0], RABBITMQ: [2.0]}).endswith("| 0.50 | reported |  |\n")


def test_without_the_other_broker_there_is_no_ratio():
    assert ratios([1.0], []) == ""
    assert ratios([1.0], [0.0]) == ""
    assert spread([], "s") == ""


def test_the_page_has_a_table_for_each_kind_and_a_row_for_each_goal_that_was_measured():
    page = render(sitting(auto_ack_1k=3.0, persistent_1k=2.0))
    assert "RabbitMQ 3.10.8, Leveret 0.1.0" in page
    assert [line for line in page.splitlines() if line.startswith("## ")] == [
        "## In memory",
        "## Kept on the disk",
    ]
    assert page.count("\n| ") == 4  # Two heads, each with one row.


def test_what_was_not_measured_has_no_table():
    assert "## In memory" not in render(sitting(persistent_1k=2.0))


def test_a_comparison_with_another_commit_is_judged_by_what_it_was():
    versions = {BEFORE: "Leveret 0.1.0", LEVERET: "Leveret 0.2.0"}
    page = render(sitting(versions=versions, auto_ack_1k=3.0))
    assert "| | Leveret | before |" in page
    assert "| at least 0.95 | met |" in page


def test_what_was_measured_later_takes_the_place_of_what_was_before():
    joined = sitting(auto_ack_1k=3.0, persistent_1k=1.0)
    joined.join(sitting(load=3.0, persistent_1k=9.0))
    page = render(joined)
    assert "| 3/s (one round) |" in page
    assert "| 9/s (one round) |" in page
    assert "| 1/s (one round) |" not in page
    assert "do not count" in page


def test_a_sitting_survives_being_written():
    whole = sitting(auto_ack_1k=3.0)
    assert Sitting(**asdict(whole)) == whole


def test_a_busy_machine_is_told():
    assert "do not count" in render(sitting(load=3.0))
    assert "do not count" not in render(sitting(load=0.2))


def test_the_disk_is_measured_beside_the_brokers():
    assert sync_us(3) > 0
    assert new_sitting(QUICK, 0.0).duration_s == QUICK.duration_s < Scale().duration_s


def test_every_table_has_something_in_it():
    assert all(TABLES.values())
