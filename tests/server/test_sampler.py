"""Samples in the loop's time."""

import asyncio

from leveret.server.sampler import Sampler


class Slices:
    """Statistics whose samples have three slices."""

    def __init__(self):
        self.slices = 0

    def sampling(self):
        for _ in range(2):
            self.slices += 1
            yield
        self.slices += 1


def test_a_sample_is_taken_a_slice_in_each_turn():
    async def main():
        statistics = Slices()
        sampler = Sampler(statistics)
        sampler.start()
        seen = [statistics.slices]
        for _ in range(4):
            await asyncio.sleep(0)
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
        for _ in range(4):
            await asyncio.sleep(0)
        assert 5 <= sampler._timer.when() - began < 5.5
        sampler.stop()
        sampler.stop()

    asyncio.run(main())


def test_who_is_stopped_between_two_slices_goes_no_further():
    async def main():
        statistics = Slices()
        sampler = Sampler(statistics)
        sampler.start()
        sampler.stop()
        for _ in range(4):
            await asyncio.sleep(0)
        assert statistics.slices == 1

    asyncio.run(main())
