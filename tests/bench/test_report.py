import pytest
from bench.report import LEVERET, RABBITMQ, conditions, ratios, render, row, spread
from bench.workloads import QUICK, WORKLOADS, Goal, Scale

RATE = Goal("delivered_per_s", "1 KiB, auto-ack", "/s", "ratio", "at least", 2.2)
START = Goal("start_s", "start", "s", "itself", "at most", 0.3)


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
    assert spread([], "s") == ""


def test_the_page_has_a_row_for_each_goal_that_was_measured():
    measured = {("auto_ack_1k", "delivered_per_s"): {LEVERET: [3.0], RABBITMQ: [1.0]}}
    page = render(measured, Scale(), conditions(["RabbitMQ 3.10.8", "Leveret 0.1.0"], 0.1))
    assert "RabbitMQ 3.10.8, Leveret 0.1.0" in page
    assert page.count("\n| ") == 2  # The head and one row.


def test_a_busy_machine_is_told():
    busy, idle = (render({}, Scale(), conditions([], load)) for load in (3.0, 0.2))
    assert "do not count" in busy
    assert "do not count" not in idle


def test_every_workload_has_a_name_of_its_own_and_something_to_reach():
    names = [workload.name for workload in WORKLOADS]
    assert len(set(names)) == len(names)
    assert all(workload.goals for workload in WORKLOADS)


@pytest.mark.parametrize("field", ["duration_s", "queues", "bindings", "connections", "messages"])
def test_the_quick_form_is_smaller_in_everything(field):
    assert getattr(QUICK, field) < getattr(Scale(), field)
