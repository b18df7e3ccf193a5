"""Which of its lines is which of ours. Each is one that nats-server 2.15.1 has written."""

import logging

import pytest

from leveret.cluster.engine.log_lines import LogLine, read_line


@pytest.mark.parametrize(
    ("said", "level", "text"),
    [
        (b"[7] [INF] Starting JetStream\n", logging.DEBUG, "Starting JetStream"),
        (b"[7] [INF]   Version:  2.15.1\n", logging.DEBUG, "Version:  2.15.1"),
        (b"[7] [INF] Server is ready\n", logging.INFO, "Server is ready"),
        (b"[7] [WRN] something odd\n", logging.WARNING, "something odd"),
        (b"[7] [ERR] sync failed\n", logging.ERROR, "sync failed"),
        (b"[7] [FTL] no disk\n", logging.CRITICAL, "no disk"),
        (b"panic: runtime error\n", logging.ERROR, "panic: runtime error"),
        (b"\xff\n", logging.ERROR, "\ufffd"),
    ],
)
def test_levels_are_ours(said, level, text):
    assert read_line(said) == LogLine(level, text)


@pytest.mark.parametrize(
    "said",
    [
        "[WRN] Plaintext passwords detected, use nkeys or bcrypt",
        "[WRN] Waiting for routing to be established...",
        "[ERR] Error trying to connect to route (attempt 1): dial tcp 127.0.1.102:16222: refused",
        "[ERR] 127.0.0.1:49340 - rid:23 - Error flushing: writev tcp 127.0.1.102:3->127.0.0.1:4",
        "[WRN] JetStream has not established contact with a meta leader",
        "[WRN] Filestore [_meta_] Stream state outdated, last block has additional entries",
    ],
)
def test_what_it_says_all_day_worries_nobody(said):
    assert read_line(f"[7] {said}\n".encode()).level == logging.DEBUG


@pytest.mark.parametrize("said", [b"", b"\n", b"[7] [INF] \n", b"[7] [INF]\n"])
def test_nothing_is_said_of_nothing(said):
    assert read_line(said) is None


def test_a_password_does_not_pass():
    line = read_line(b"[7] [ERR] cannot reach nats-route://leveret-route:carrot@10.0.0.1:25673\n")
    assert line.text == "cannot reach nats-route://leveret-route:...@10.0.0.1:25673"


def test_complaints_are_warnings_and_worse():
    assert read_line(b"[7] [WRN] odd\n").is_complaint
    assert not read_line(b"[7] [INF] Server is ready\n").is_complaint
