"""Pages: per object and aggregated, in pieces that are little work each."""

from dataclasses import dataclass, field

import pytest

from leveret.management.metrics import pages
from leveret.management.metrics.exposition import labels
from leveret.management.metrics.family import Family, Subject, counter, gauge
from leveret.management.metrics.pages import page


@dataclass
class Warren:
    """A scrape of hares, each a pair of name and weight; `born` is of all there ever were."""

    hares: list[tuple[str, int]]
    born: int = 0
    asked: list[str] = field(default_factory=list)

    @property
    def totals(self):
        return self


def weigh(hare, scrape):
    scrape.asked.append(hare[0])
    return hare[1]


HARES = Subject(lambda scrape: scrape.hares, lambda hare: labels(hare=hare[0]))
WEIGHTS = Family(
    "weights",
    HARES,
    weigh,
    (
        gauge("hare_kilograms", "Weight", lambda weight: weight or None),
        gauge("hare_share", "Share", lambda weight: weight / 10, is_summed=False),
    ),
)
BIRTHS = Family(
    "births",
    HARES,
    weigh,
    (counter("hare_born_total", "Born", lambda _: 1, lambda totals: totals.born),),
)


def shown(families, scrape, **how):
    return b"".join(page(families, scrape, **how)).decode().splitlines()


def lines(text):
    return [line for line in text if not line.startswith("#")]


def test_each_object_has_its_line_below_the_metrics_own():
    told = shown([WEIGHTS], Warren([("a", 3), ("b", 4)]), is_aggregated=False)
    assert told == [
        "# TYPE rabbitmq_hare_kilograms gauge",
        "# HELP rabbitmq_hare_kilograms Weight",
        'rabbitmq_hare_kilograms{hare="a"} 3',
        'rabbitmq_hare_kilograms{hare="b"} 4',
        "# TYPE rabbitmq_hare_share gauge",
        "# HELP rabbitmq_hare_share Share",
        'rabbitmq_hare_share{hare="a"} 0.3',
        'rabbitmq_hare_share{hare="b"} 0.4',
    ]


def test_what_has_no_value_has_no_line():
    told = lines(shown([WEIGHTS], Warren([("a", 0)]), is_aggregated=False))
    assert told == ['rabbitmq_hare_share{hare="a"} 0']


def test_one_line_for_all_where_a_sum_has_a_meaning():
    told = shown([WEIGHTS], Warren([("a", 3), ("b", 4)]), is_aggregated=True)
    assert lines(told) == ["rabbitmq_hare_kilograms 7"]
    assert not any("hare_share" in line for line in told)


def test_nothing_to_add_up_is_0():
    assert lines(shown([WEIGHTS], Warren([]), is_aggregated=True)) == ["rabbitmq_hare_kilograms 0"]


def test_a_total_counts_those_that_are_gone_and_asks_nobody():
    warren = Warren([("a", 3)], born=9)
    assert lines(shown([BIRTHS], warren, is_aggregated=True)) == ["rabbitmq_hare_born_total 9"]
    assert warren.asked == []
    assert lines(shown([BIRTHS], warren, is_aggregated=False)) == [
        'rabbitmq_hare_born_total{hare="a"} 1'
    ]


def test_neighbours_read_each_thing_once():
    warren = Warren([("a", 3), ("b", 4)])
    shown([WEIGHTS, BIRTHS], warren, is_aggregated=False)
    assert warren.asked == ["a", "b"]


def test_a_metric_of_two_families_is_shown_once():
    warren = Warren([("a", 3)])
    other = Family("other", HARES, lambda hare, _scrape: hare[1], WEIGHTS.metrics[:1])
    told = shown([WEIGHTS, other], warren, is_aggregated=False)
    assert told.count("# TYPE rabbitmq_hare_kilograms gauge") == 1
    assert warren.asked == ["a"]


@pytest.mark.parametrize(("own", "name"), [(None, "p_hares"), ("", "hares"), ("q_", "q_hares")])
def test_a_family_may_be_called_the_same_on_every_page(own, name):
    count = Family("count", HARES, weigh, (gauge("hares", "Hares", int),), own_prefix=own)
    assert lines(shown([count], Warren([("a", 3)]), prefix="p_", is_aggregated=False)) == [
        f'{name}{{hare="a"}} 3'
    ]


def test_what_keeps_its_labels_is_never_added_up():
    count = Family("count", HARES, weigh, (gauge("hares", "Hares", int),), is_aggregated=False)
    told = lines(shown([count], Warren([("a", 3)]), is_aggregated=True))
    assert told == ['rabbitmq_hares{hare="a"} 3']


@pytest.mark.parametrize("is_aggregated", [True, False])
def test_between_two_pieces_lies_little_work(is_aggregated, monkeypatch):
    monkeypatch.setattr(pages, "READ_AT_ONCE", 10)
    monkeypatch.setattr(pages, "LINES_AT_ONCE", 7)
    warren = Warren([(str(number), 1) for number in range(25)])
    read, written = 0, 0
    for piece in page([WEIGHTS], warren, is_aggregated=is_aggregated):
        assert len(warren.asked) - read <= 10
        read = len(warren.asked)
        written += (count := piece.count(b"\nrabbitmq") + piece.startswith(b"rabbitmq"))
        assert count <= 7
    assert read == 25
    assert written == (1 if is_aggregated else 50)


def test_things_that_come_meanwhile_wait_for_the_next_visit():
    warren = Warren([(str(number), 1) for number in range(150)])
    pieces = page([WEIGHTS], warren, is_aggregated=False)
    next(pieces)
    warren.hares = [("late", 1)]
    assert b"late" not in b"".join(pieces)
