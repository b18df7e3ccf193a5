import pytest

from leveret.dial.connection import Connection, ServerClosedError
from leveret.perf.churn import Pace, Step, calls, run_churn, wait_for_answers
from leveret.wire import methods


def silent(_sample):
    pass


def test_a_churn_goes_through_its_steps_in_turn():
    done = []
    steps = [Step("made", 3, lambda: done.append("make")), Step("gone", 3, lambda: done.append(0))]
    churn = run_churn(steps, Pace(0.0, 0.001), silent)
    assert done[:4] == ["make", 0, "make", 0]
    assert set(churn.figures) == {"made_per_s", "gone_per_s", "rounds_per_s"}
    assert not churn.interrupted


def test_an_interrupt_ends_a_churn():
    def interrupt():
        raise KeyboardInterrupt

    assert run_churn([Step("made", 1, interrupt)], Pace(0.0, 1.0), silent).interrupted


def test_progress_is_told(monkeypatch):
    monkeypatch.setattr("leveret.perf.churn.SAMPLE_S", 0.0)
    samples = []
    churn = run_churn([Step("made", 2, lambda: None)], Pace(0.0, 0.0), samples.append)
    assert churn.samples == samples
    assert samples[0].rates["made"] > 0


def test_calls_are_sent_at_once_and_all_answered(address):
    with Connection(address, "test") as connection:
        names = [f"churn{index}" for index in range(50)]
        declares = [(1, methods.QueueDeclare(queue=name, exclusive=True)) for name in names]
        step = calls("declared", connection, declares)
        step.do()
        assert step.count == 50
        passive = methods.QueueDeclare(queue="churn49", passive=True)
        connection.call(1, passive, methods.QueueDeclareOk)


def test_a_refused_call_ends_the_churn(address):
    with Connection(address, "test") as connection:
        passive = [(1, methods.QueueDeclare(queue="missing", passive=True))]
        with pytest.raises(ServerClosedError, match="NOT_FOUND"):
            calls("declared", connection, passive).do()


def test_no_answers_are_waited_for_if_none_are_due(address):
    with Connection(address, "test") as connection:
        wait_for_answers(connection, 0)
