"""Samples in the loop's time."""

import asyncio

from leveret.server import sampler as module
from leveret.server.sampler import Sampler


class Slices:
    """Statistics whose samples have three slices, unless they go wrong with the second."""

    def __init__(self, *, is_wrong=False):
        self.slices = 0
        self.samples = 0
        self.is_wrong = is_wrong

    def sampling(self):
        self.samples += 1
        for _ in range(2):
            self.slices += 1
            yield
            if self.is_wrong:
                raise RuntimeError("it is wrong")
        self.slices += 1


async def turns(count):
    for _ in range(count):
        await asyncio.sleep(0)


def test_a_sample_is_taken_a_slice_in_each_turn():
    async def main():
        statistics = Slices()
        sampler = Sampler(statistics)
        sampler.start()
        seen = [statistics.slices]
        for _ in range(4):
            await turns(1)
            seen.append(statistics.slices)
        sampler.stop()
        assert seen == [1, 2, 3, 3, 3]

    asyncio.run(main())


def test_the_next_sample_is_due_five_seconds_after_the_first_was():
    async def main():
        sampler = Sampler(Slices())
        loop = asyncio.get_running_loop()
        began = loop.time()
        sampler.start()
        await turns(4)
        assert 5 <= sampler._next_sample.when() - began < 5.5
        sampler.stop()
        sampler.stop()

    asyncio.run(main())


def test_who_is_stopped_between_two_slices_goes_no_further():
    async def main():
        statistics = Slices()
        sampler = Sampler(statistics)
        sampler.start()
        sampler.stop()
        await turns(4)
        assert statistics.slices == 1

    asyncio.run(main())


def test_a_sample_that_goes_wrong_is_followed_by_the_next(monkeypatch):
    monkeypatch.setattr(module, "INTERVAL_S", 0.01)

    async def main():
        asyncio.get_running_loop().set_exception_handler(lambda *_: None)
        statistics = Slices(is_wrong=True)
        sampler = Sampler(statistics)
        sampler.start()
        await asyncio.sleep(0.05)
        sampler.stop()
        assert statistics.samples > 1

    asyncio.run(main())


def test_a_sample_that_takes_long_is_not_overtaken(monkeypatch):
    monkeypatch.setattr(module, "INTERVAL_S", 0)

    async def main():
        statistics = Slices()
        sampler = Sampler(statistics)
        sampler.start()
        await turns(2)
        sampler.stop()
        assert statistics.samples == 1

    asyncio.run(main())
