"""Messages by the time at which they are due, a few octets for each.

A million of them may wait for any time in any order, so they lie in pages of flat arrays, each
sorted, the pages in order: 17 octets a message. Putting one in moves the rest of one page; the
usual case, one due after all others, moves nothing.

Rule: what is due at the same time keeps the order in which it was added.
"""

from __future__ import annotations

from array import array
from bisect import bisect_right
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

# Entries of a full page. To put one in moves half of this on average, some microseconds.
PAGE_MAX: Final = 512


class Page:
    """Deadlines in order and, for each, the message's position and where it is (a small number)."""

    __slots__ = ("deadlines", "places", "positions")

    def __init__(self, deadlines: array[int], positions: array[int], places: bytearray) -> None:
        self.deadlines = deadlines
        self.positions = positions
        self.places = places

    def __len__(self) -> int:
        return len(self.deadlines)

    def insert(self, deadline: int, position: int, place: int) -> None:
        index = bisect_right(self.deadlines, deadline)
        self.deadlines.insert(index, deadline)
        self.positions.insert(index, position)
        self.places.insert(index, place)

    def take(self, first: int, end: int) -> Page:
        """These entries, taken out."""
        taken = Page(self.deadlines[first:end], self.positions[first:end], self.places[first:end])
        del self.deadlines[first:end], self.positions[first:end], self.places[first:end]
        return taken

    def at(self, place: int) -> list[int]:
        """The positions of the messages that are there."""
        return [
            position
            for position, its in zip(self.positions, self.places, strict=True)
            if its == place
        ]


class Schedule:
    """All that waits. Deadlines are whole numbers, as the caller counts time."""

    __slots__ = ("_firsts", "_pages", "count")

    def __init__(self) -> None:
        self.count = 0
        self._pages: list[Page] = []
        # The first deadline of each page, to find the right one.
        self._firsts: list[int] = []

    @property
    def first(self) -> int | None:
        """The earliest deadline; None when nothing waits."""
        return self._firsts[0] if self._firsts else None

    def add(self, deadline: int, position: int, place: int) -> None:
        self.count += 1
        index = max(0, bisect_right(self._firsts, deadline) - 1)
        if not self._pages:
            self._pages.append(Page(array("q"), array("Q"), bytearray()))
            self._firsts.append(deadline)
        page = self._pages[index]
        page.insert(deadline, position, place)
        self._firsts[index] = page.deadlines[0]
        if len(page) > PAGE_MAX:
            self._split(index)

    def _split(self, index: int) -> None:
        """At the end when it grows there, which keeps pages full; otherwise in the middle."""
        page = self._pages[index]
        is_last = index == len(self._pages) - 1
        later = page.take(PAGE_MAX if is_last else PAGE_MAX // 2, len(page))
        self._pages.insert(index + 1, later)
        self._firsts.insert(index + 1, later.deadlines[0])

    def take_due(self, now: int, count: int) -> Page | None:
        """At most so many of those whose time has come, the earliest first; None for none."""
        if not self._firsts or self._firsts[0] > now:
            return None
        page = self._pages[0]
        taken = page.take(0, min(count, bisect_right(page.deadlines, now)))
        self.count -= len(taken)
        if len(page):
            self._firsts[0] = page.deadlines[0]
        else:
            del self._pages[0], self._firsts[0]
        return taken

    def __iter__(self) -> Iterator[tuple[int, int, int]]:
        """Deadline, position and place of each, the earliest first, as long as nothing changes."""
        for page in self._pages:
            yield from zip(page.deadlines, page.positions, page.places, strict=True)

    def clear(self) -> list[Page]:
        """Everything, taken out."""
        pages, self._pages = self._pages, []
        self._firsts.clear()
        self.count = 0
        return pages
