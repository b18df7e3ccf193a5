"""Asking again, and giving up."""

import asyncio

import pytest

from leveret.cluster.nats import patience
from leveret.cluster.nats.client import Unanswered
from leveret.cluster.ports import NoMajority, NoSuchLog


def asking(*answers):
    """One after the other, the last for ever."""
    left = list(answers)

    async def ask():
        answer = left.pop(0) if len(left) > 1 else left[0]
        if isinstance(answer, Exception):
            raise answer
        return answer

    return ask


def test_what_is_answered_at_last_is_the_answer():
    asked = asking(Unanswered("an election"), Unanswered("another"), "here")
    assert asyncio.run(patience.patiently("it", asked)) == "here"


def test_who_gives_up_says_why(monkeypatch):
    monkeypatch.setattr(patience, "PATIENCE_S", 0.25)
    with pytest.raises(NoMajority, match="jobs: an election"):
        asyncio.run(patience.patiently("jobs", asking(Unanswered("an election"))))


def test_what_will_not_change_is_told_at_once():
    with pytest.raises(NoSuchLog):
        asyncio.run(patience.patiently("jobs", asking(NoSuchLog("jobs"), "never asked")))
