"""The page about clusters says what was found, and which goals were met."""

import argparse

from bench.brokers import LEVERET, RABBITMQ
from bench.clusters import MEASURES, page

ASKED = argparse.Namespace(only=["mirrored", "pauses"], seconds=5.0)


def rows(found):
    lines = page(found, ASKED, 0.1).splitlines()
    return {line.split(" | ")[0].strip("| "): line for line in lines if line.startswith("| ")}


def test_a_goal_is_met_or_missed():
    slow = {"mirrored": {LEVERET: [900.0], RABBITMQ: [1000.0]}}
    assert "**missed**" in rows(slow)["1 KiB persistent, mirrored to all"]
    fast = {"mirrored": {LEVERET: [1100.0], RABBITMQ: [1000.0]}}
    assert "| 1.10 | at least 1 | met |" in rows(fast)["1 KiB persistent, mirrored to all"]


def test_a_pause_is_judged_by_itself():
    found = {"frozen_s": {LEVERET: [11.0], RABBITMQ: [65.0]}}
    assert rows(found)["when it is frozen"].endswith("at most 12 s | met |")


def test_every_figure_has_one_row():
    figures = [goal.figure for _, goals in MEASURES.values() for goal in goals]
    assert len(figures) == len(set(figures))
