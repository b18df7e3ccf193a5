"""The Prometheus port: methods, paths, and that nobody waits for a page."""

import asyncio

import pytest

from leveret.management.metrics.app import SENT_OCTETS_MIN, gathered

NOT_FOUND = '{"error":"Object Not Found","reason":"Not Found"}'


def test_a_page_is_text(pages):
    status, headers, text = pages.ask("/metrics")
    assert (status, headers["content-type"]) == (200, "text/plain; version=0.0.4")
    assert text.endswith("\n")


@pytest.mark.parametrize("path", ["/metrics/", "/metrics/default", "/metrics/per-object/"])
def test_other_ways_to_write_a_path(pages, path):
    assert pages.ask(path)[0] == 200


@pytest.mark.parametrize(
    ("path", "told"),
    [
        ("/", NOT_FOUND),
        ("/favicon.ico", NOT_FOUND),
        ("/metrics/per-object/x", NOT_FOUND),
        ("/metrics/nothing", "Unknown Registry"),
    ],
)
def test_other_paths_as_in_rabbitmq(pages, path, told):
    status, _headers, text = pages.ask(path)
    assert (status, text) == (404, told)


@pytest.mark.parametrize(
    ("method", "status"), [("HEAD", 200), ("OPTIONS", 200), ("POST", 405), ("DELETE", 405)]
)
def test_methods(pages, method, status):
    told, headers, text = pages.ask("/metrics", method)
    assert (told, text) == (status, "")
    if method != "HEAD":
        assert headers["allow"] == "HEAD, GET, OPTIONS"


def test_others_have_a_turn_after_every_piece():
    order = []

    def pieces():
        for number in range(5):
            order.append(number)
            yield b""

    async def beside():
        while len(order) < 10:
            order.append("other")
            await asyncio.sleep(0)

    async def both():
        other = asyncio.create_task(beside())
        await asyncio.sleep(0)
        assert [piece async for piece in gathered(pieces())] == [b""]
        other.cancel()

    asyncio.run(both())
    assert order[:7] == ["other", 0, "other", 1, "other", 2, "other"]


def test_small_pieces_are_sent_together():
    async def sent():
        return [piece async for piece in gathered(iter([b"a" * 1000] * 100))]

    told = asyncio.run(sent())
    assert [len(piece) for piece in told] == [33_000, 33_000, 33_000, 1_000]
    assert all(len(piece) >= SENT_OCTETS_MIN for piece in told[:-1])
