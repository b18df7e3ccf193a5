"""Where the two brokers that the comparisons run against listen."""

from collections.abc import Callable
from dataclasses import dataclass

from leveret.broker.permissions import Permission


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Where a broker listens; guest/guest and vhost / are always there.

    admit: let in a user, whose password is its name, with these rights in vhost /.
    """

    name: str
    host: str
    port: int
    admit: Callable[[str, Permission], None]

    @property
    def url(self) -> str:
        return f"amqp://guest:guest@{self.host}:{self.port}/"
