"""A machine that has what a test says."""


class FakeMachine:
    """total, used, free: what there is. hoarded: used, but given back when it is asked for."""

    def __init__(self):
        self.total = 1_000_000
        self.used = 0
        self.hoarded = 0
        self.free = 100_000_000
        self.asked_back = 0

    def total_memory(self):
        return self.total

    def resident_memory(self):
        return self.used + self.hoarded

    def give_memory_back(self):
        self.asked_back += 1
        self.hoarded = 0

    def free_disk(self, directory):
        if self.free is None:
            raise FileNotFoundError(2, "No such file or directory", str(directory))
        return self.free
