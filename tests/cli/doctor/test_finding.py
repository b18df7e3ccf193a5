"""Findings: what is not well says what to do."""

import pytest

from leveret.cli.doctor.finding import Finding, Health, failed, reason, warning, well


def test_health_is_ordered_so_that_the_worst_counts():
    findings = [well("a", "x"), failed("b", "x", "do"), warning("c", "x", "do")]
    assert max(finding.health for finding in findings) is Health.FAILED


def test_what_is_amiss_must_come_with_advice():
    with pytest.raises(AssertionError, match="port"):
        Finding("port", Health.FAILED, "in use")


def test_the_system_gives_its_reason_in_words():
    assert reason(FileNotFoundError(2, "No such file or directory")) == "No such file or directory"
    assert reason(OSError("odd")) == "odd"
