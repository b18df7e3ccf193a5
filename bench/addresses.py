"""Loopback addresses that no other run has meanwhile: nodes under test take fixed ports on theirs.

    127.77.N.11, 127.77.N.12, ...    N is this process's as long as it lives

Rule: whoever has taken an N holds a socket there, which ends with its process however that ends.
"""

import atexit
import functools
import random
import socket
from collections.abc import Iterable

NETWORKS = range(1, 255)
FIRST = 11
COUNT = 8
# Nobody of ours speaks UDP: the socket is held, and nothing is said on it.
HELD_PORT = 25_672


@functools.cache
def own_addresses() -> tuple[str, ...]:
    """Of this process, in the order of the alphabet. Raises OSError where none are left."""
    addresses, holding = take(random.SystemRandom().sample(NETWORKS, len(NETWORKS)))
    atexit.register(holding.close)
    return addresses


def take(networks: Iterable[int]) -> tuple[tuple[str, ...], socket.socket]:
    """The addresses of the first of these networks that nobody has, and what holds them. Raises
    OSError where there is none."""
    for number in networks:
        addresses = tuple(f"127.77.{number}.{FIRST + at}" for at in range(COUNT))
        holding = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        try:
            holding.bind((addresses[0], HELD_PORT))
        except OSError:
            holding.close()
        else:
            return addresses, holding
    raise OSError("all loopback addresses of tests are taken: end the runs that have them")
