"""What rabbitmqctl says on stderr when a node refuses, and what it ends with.

Rule: the words and the codes are RabbitMQ's, command by command: it says the same thing in several
ways, and scripts look for each of them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from leveret.control import exits
from leveret.control.call import VerbRefused

if TYPE_CHECKING:
    from leveret.broker.users import User
    from leveret.broker.vhost import Vhost
    from leveret.control.call import Call


def refusal(exit_code: int, text: str) -> VerbRefused:
    return VerbRefused(exit_code, f"Error:\n{text}")


def no_such_vhost(name: str) -> VerbRefused:
    """As most commands say it."""
    return VerbRefused(exits.DATA, f"Virtual host '{name}' does not exist")


def vhost_of(call: Call) -> Vhost:
    """The vhost that the command is about. Raises VerbRefused."""
    name = call.text("vhost", "/")
    vhost = call.broker.vhosts.get(name)
    if vhost is None:
        raise no_such_vhost(name)
    return vhost


def user_of(call: Call) -> User:
    """The user that the command is about. Raises VerbRefused."""
    name = call.text("username")
    user = call.broker.users.get(name)
    if user is None:
        raise refusal(exits.NO_USER, f'User "{name}" does not exist')
    return user


def known_user_of(call: Call, argument: str = "username", usual: str | None = None) -> User:
    """The same, where rabbitmqctl shows what Mnesia said. Raises VerbRefused."""
    name = call.text(argument, usual)
    user = call.broker.users.get(name)
    if user is None:
        raise refusal(exits.UNAVAILABLE, f'{{:no_such_user, "{name}"}}')
    return user
