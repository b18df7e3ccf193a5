"""One request to the management API, as its route sees it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import msgspec

from leveret.broker.access import Access
from leveret.broker.rights import Rights
from leveret.management.answers import BadRequest, NotAuthorised, NotThere
from leveret.management.question import NOTHING_ASKED
from leveret.management.refusals import ACCESS_REFUSED, erlang_list
from leveret.management.resource import ADMINISTRATOR, MONITORING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from leveret.broker.broker import Broker
    from leveret.broker.users import User
    from leveret.broker.vhost import Vhost
    from leveret.management.host import Host
    from leveret.management.inward import Inward
    from leveret.management.look import Look
    from leveret.management.query import Query
    from leveret.management.resource import Needs
    from leveret.peers import Peers

ENCODED_TWICE: Final = (
    "invalid payload: the request body JSON-decoded to a string. Is the input doubly-JSON-encoded?"
)


@dataclass(frozen=True, slots=True)
class Arrival:
    """How a request came. peer: the address that it came from. port: the one that it came to.

    path: all of it, as it was sent.
    """

    peer: str = ""
    port: int = 0
    is_encrypted: bool = False
    path: str = ""


HERE: Final = Arrival()


class Call:
    """path: the segments that the route names. headers: by name in small letters.

    content: the body as it came.
    question: the same, as another node is asked.
    absent: nodes that should have said something and did not.
    inward: the way to other paths, as who asks here; of calls that the app makes.
    """

    inward: Inward

    def __init__(
        self,
        look: Look,
        path: Mapping[str, str],
        headers: Mapping[str, str],
        content: bytes,
        arrival: Arrival = HERE,
    ) -> None:
        self.look = look
        self.path = path
        self.headers = headers
        self.content = content
        self.arrival = arrival
        self.question = NOTHING_ASKED
        self.absent: frozenset[str] = frozenset()

    @property
    def peer(self) -> str:
        """The address that it came from."""
        return self.arrival.peer

    @property
    def host(self) -> Host:
        return self.look.host

    @property
    def peers(self) -> Peers:
        """The other nodes, in a cluster."""
        assert self.look.host.peers is not None, "the node is alone"
        return self.look.host.peers

    @property
    def broker(self) -> Broker:
        return self.look.host.broker

    @property
    def query(self) -> Query:
        return self.look.query

    @property
    def user(self) -> User:
        """Who asks."""
        assert self.look.user is not None, "the route needs nobody to be known"
        return self.look.user

    def may(self, needs: Needs) -> bool:
        """Whether the user has one of the tags."""
        return not needs.tags.isdisjoint(self.user.tags)

    def body(self) -> dict[str, Any]:
        """The JSON object of the request; empty where there is nothing. Raises BadRequest."""
        try:
            value = msgspec.json.decode(self.content) if self.content else None
        except (msgspec.DecodeError, RecursionError, UnicodeDecodeError):
            raise BadRequest("not_json") from None
        if value is None:
            return {}
        if isinstance(value, str):
            raise BadRequest(ENCODED_TWICE)
        if not isinstance(value, dict):
            raise BadRequest("not_json")
        return value

    def required(self, *names: str) -> list[Any]:
        """The values of the body's keys, all of which must be there. Raises BadRequest."""
        told = self.body()
        missing = [f"{{key_missing,{name}}}" for name in names if name not in told]
        if missing:
            raise BadRequest(erlang_list(missing))
        return [told[name] for name in names]

    # Vhosts ----------------------------------------------------------------------------------

    @property
    def vhost(self) -> Vhost:
        """The vhost that the path names. Raises NotThere."""
        vhost = self.broker.vhosts.get(self.path["vhost"])
        if vhost is None:
            raise NotThere
        return vhost

    @property
    def vhost_to_change(self) -> Vhost:
        """The same, where something is to be made: RabbitMQ words the refusal otherwise."""
        try:
            return self.vhost
        except NotThere:
            raise NotThere("not_found", "vhost_not_found") from None

    def may_look_into(self, vhost: str) -> bool:
        """Whether the user may see what is there: administrators, and who has permissions."""
        has_permission = self.broker.permissions.get(self.user.name, vhost) is not None
        return has_permission or self.may(ADMINISTRATOR)

    def visible_vhosts(self) -> list[Vhost]:
        """Those whose things the user may see."""
        return [each for each in self.broker.vhosts.values() if self.may_look_into(each.name)]

    def listed_vhosts(self) -> list[Vhost]:
        """Those the user may know of: for one who monitors, all."""
        if self.may(MONITORING):
            return list(self.broker.vhosts.values())
        return self.visible_vhosts()

    def access(self, vhost: Vhost) -> Access:
        """The vhost as this user may use it. Raises NotAuthorised.

        Whoever may see it all, as an administrator, still needs permissions to act.
        """
        permissions, topics = self.broker.permissions, self.broker.topic_permissions
        if permissions.get(self.user.name, vhost.name) is None:
            raise NotAuthorised(ACCESS_REFUSED)
        return Access(vhost, Rights(self.user, vhost.name, permissions, topics), owner=self)
