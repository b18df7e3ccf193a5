"""Long work done in steps."""

import pytest

from leveret.broker.definitions.steps import walked


def counting(done, steps, result):
    for number in range(steps):
        done.append(number)
        yield
    return result


@pytest.mark.parametrize("steps", [0, 1, 3])
def test_all_steps_are_taken_and_the_result_is_given(steps):
    done = []
    assert walked(counting(done, steps, "result")) == "result"
    assert done == list(range(steps))


def failing():
    yield
    raise ValueError("no further")


def test_a_step_that_fails_is_heard_of():
    with pytest.raises(ValueError, match="no further"):
        walked(failing())
