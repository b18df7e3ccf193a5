"""Listings: sorted, filtered, cut into pages, in slices."""

import asyncio
import json
import time

import pytest

from leveret.management.answers import HttpRefused, Listing
from leveret.management.listing import gathered, listing_pieces
from leveret.management.look import Look
from leveret.management.query import Query
from leveret.management.view import View
from leveret.unhurried import SLICE_S

ANY = View({"name": lambda thing, _look: thing["name"], "size": lambda thing, _look: thing["size"]})
HARES = [{"name": name, "size": size} for name, size in [("b", 2), ("a", 3), ("B", 1)]]


def answered(query, things=HARES, **told):
    async def scene():
        look = Look(None, Query(query), 0.0, None)
        pieces = listing_pieces(Listing(things, ANY, **told), look)
        return b"".join([piece async for piece in pieces])

    return json.loads(asyncio.run(scene()))


def names(shown):
    return [each["name"] for each in shown]


def test_things_come_as_they_were_listed():
    assert answered("") == HARES


def test_nothing_is_an_empty_list():
    assert answered("", []) == []
    assert answered("page=1", [])["items"] == []


@pytest.mark.parametrize(
    ("query", "order", "found"),
    [
        ("", ("name",), ["B", "a", "b"]),
        ("sort=size", (), ["B", "b", "a"]),
        ("sort=size&sort_reverse=true", ("name",), ["a", "b", "B"]),
        ("sort=tail", (), ["b", "a", "B"]),
    ],
)
def test_the_order_is_the_one_asked_for(query, order, found):
    assert names(answered(query, order=order)) == found


def test_values_of_any_type_have_an_order():
    things = [{"name": str(i), "size": size} for i, size in enumerate(["x", None, True, [1], 7.5])]
    assert [each["size"] for each in answered("sort=size", things)] == [7.5, None, True, [1], "x"]


def test_a_page_tells_how_many_there_are():
    assert answered("page=1&page_size=2&name=b&columns=name") == {
        "items": [{"name": "b"}, {"name": "B"}],
        "page": 1, "page_count": 1, "page_size": 2,
        "item_count": 2, "filtered_count": 2, "total_count": 3,
    }  # fmt: skip
    assert names(answered("page=2&page_size=2")["items"]) == ["B"]


def test_the_page_behind_the_last_item_is_an_empty_one():
    shown = answered("page=2&page_size=3")
    assert (shown["items"], shown["page_count"], shown["item_count"]) == ([], 1, 0)


def test_the_listing_itself_can_be_turned_round():
    assert names(answered("sort_reverse=true")) == ["B", "a", "b"]


def test_a_page_beyond_the_last_is_refused():
    with pytest.raises(HttpRefused) as refused:
        answered("page=2")
    assert refused.value.reason == "Page out of range, page: 2 page size: 100, len: 3"


def test_some_listings_have_no_pages():
    assert answered("page=2&page_size=1&name=q", is_paged=False) == HARES


def turns_during(work):
    """How often another task has its turn meanwhile."""

    async def scene():
        turns = 0

        async def count():
            nonlocal turns
            while True:
                turns += 1
                await asyncio.sleep(0)

        counting = asyncio.create_task(count())
        await work()
        counting.cancel()
        return turns

    return asyncio.run(scene())


def test_others_have_their_turn_between_slices():
    slow = View({"name": lambda _thing, _look: time.sleep(SLICE_S / 8)})

    async def list_slowly():
        look = Look(None, Query(""), 0.0, None)
        async for _ in listing_pieces(Listing(range(160), slow), look):
            pass

    # 160 things of an eighth of a slice each are looked at 16 at a time.
    assert turns_during(list_slowly) >= 8


def test_others_have_their_turn_while_things_are_gathered():
    def slowly():
        for number in range(160):
            time.sleep(SLICE_S / 8)
            yield number

    async def gather():
        assert await gathered(slowly()) == list(range(160))

    assert turns_during(gather) >= 8
