"""One visit: of which vhosts, and once for all what was counted."""

from types import SimpleNamespace

import pytest

from leveret.management.metrics.scrape import Scrape


class Counting:
    """Statistics that say how often they were asked."""

    def __init__(self):
        self.asked = 0

    def totals(self):
        self.asked += 1
        return self.asked

    def counts(self, thing):
        return {"publish": thing}


@pytest.fixture
def host():
    vhosts = {name: SimpleNamespace(name=name) for name in ("/", "a", "b")}
    broker = SimpleNamespace(vhosts=vhosts, connections=["first", "second"])
    return SimpleNamespace(broker=broker, statistics=Counting())


@pytest.mark.parametrize(
    ("asked", "names"),
    [(None, ["/", "a", "b"]), (frozenset({"a", "x"}), ["a"]), (frozenset(), [])],
)
def test_vhosts_that_are_asked_for(host, asked, names):
    assert [vhost.name for vhost in Scrape(host, "detailed", asked).vhosts()] == names


def test_totals_are_of_one_moment(host):
    scrape = Scrape(host)
    assert (scrape.totals, scrape.totals) == (1, 1)
    assert Scrape(host).totals == 2


def test_counts_and_sessions_are_the_brokers(host):
    assert Scrape(host).counts(7) == {"publish": 7}
    assert Scrape(host).sessions() == ["first", "second"]
