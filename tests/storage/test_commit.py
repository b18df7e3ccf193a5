"""A batch becomes durable: the log first, the catalogue second, and neither twice."""

import errno

import pytest

from leveret.storage.batch import Batch
from leveret.storage.commit import Commit

FULL = OSError(errno.ENOSPC, "No space left on device")


class Medium:
    """The log or the catalogue. history: what was written, in which order, by both."""

    def __init__(self, name, history):
        self.name = name
        self.history = history
        self.error = None

    def run(self):
        self.write([])

    def write(self, changes):
        if self.error is not None:
            raise self.error
        self.history.append((self.name, *changes))


@pytest.fixture
def history():
    return []


@pytest.fixture
def catalogue(history):
    return Medium("catalogue", history)


@pytest.fixture
def log(history):
    return Medium("log", history)


def commit(catalogue, log, *, has_records=True, changes=("a change",)):
    batch = Batch(1)
    batch.changes += changes
    if has_records:
        batch.settle(1, 1)
    made = Commit(batch, catalogue)
    if has_records:
        made.write = log
    return made


def test_the_log_comes_first(catalogue, log, history):
    made = commit(catalogue, log)
    made.run()
    assert made.is_done
    assert made.error is None
    assert history == [("log",), ("catalogue", "a change")]


def test_what_has_nothing_to_write_is_not_written(catalogue, log, history):
    commit(catalogue, log, has_records=False).run()
    commit(None, log, changes=()).run()
    assert history == [("catalogue", "a change"), ("log",)]


def test_nothing_goes_to_the_catalogue_before_the_log_is_written(catalogue, log, history):
    made = commit(catalogue, log)
    log.error = FULL
    made.run()
    assert (made.is_done, made.is_written, made.error) == (False, False, FULL)
    assert history == []
    log.error = None
    made.run()
    assert (made.is_done, made.error) == (True, None)
    assert history == [("log",), ("catalogue", "a change")]


def test_the_log_is_not_written_again_when_only_the_catalogue_failed(catalogue, log, history):
    made = commit(catalogue, log)
    catalogue.error = FULL
    made.run()
    made.run()
    assert (made.is_done, made.is_written, made.error) == (False, True, FULL)
    catalogue.error = None
    made.run()
    assert made.is_done
    assert history == [("log",), ("catalogue", "a change")]


def test_a_bug_is_no_trouble_with_the_disk(catalogue, log):
    log.error = ValueError("a bug")
    with pytest.raises(ValueError, match="a bug"):
        commit(catalogue, log).run()
