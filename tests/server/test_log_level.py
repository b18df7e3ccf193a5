"""All that a process writes its log to follows."""

import logging

from leveret.server.log_level import change_log_level


def test_handlers_and_loggers_that_have_a_level_follow():
    root, own = logging.getLogger(), logging.getLogger("leveret")
    before = [(each, each.level) for each in (root, own, *root.handlers, *own.handlers)]
    handler = logging.NullHandler()
    own.addHandler(handler)
    try:
        change_log_level("error")
        assert handler.level == root.level == logging.ERROR
        change_log_level("debug")
        assert handler.level == root.level == logging.DEBUG
    finally:
        own.removeHandler(handler)
        for each, level in before:
            each.setLevel(level)
