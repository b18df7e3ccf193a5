"""How a client gets from its greeting into a vhost: who it is, and whether it may enter.

The order of the methods is the protocol's business (protocol/states.py).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from leveret.broker.errors import AccessRefused, Refused
from leveret.protocol.sasl import EXTERNAL, READERS, MalformedCredentials
from leveret.protocol.violation import LoginRefused, ProtocolViolation
from leveret.session import telling
from leveret.wire import methods
from leveret.wire.codes import ReplyCode

if TYPE_CHECKING:
    from leveret.broker.access import Access
    from leveret.broker.users import User
    from leveret.session.identity import Terms
    from leveret.session.session import Session
    from leveret.wire.methods import Method


class Handshake:
    """One session's."""

    def __init__(self, session: Session, terms: Terms) -> None:
        self._session = session
        self._terms = terms
        self._login = ""
        self._user: User | None = None

    def start(self, method: methods.ConnectionStartOk) -> None:
        """Let the client in, or raise LoginRefused or ProtocolViolation."""
        session, terms = self._session, self._terms
        session.client_properties = method.client_properties
        session.mechanism = method.mechanism
        if method.mechanism not in terms.offers(session.peer):
            raise _violation(f"unknown mechanism {method.mechanism!r}", method)
        try:
            self._user = self._log_in(method)
        except MalformedCredentials as error:
            raise _violation(str(error), method) from error
        except AccessRefused as refused:
            session.report(f"login refused for {session.peer.name}: {refused}")
            telling.refused(session, self._login, str(refused))
            raise LoginRefused(
                f"Login was refused using authentication mechanism {method.mechanism}. "
                "For details see the broker logfile.",
                is_explained=session.client_can("authentication_failure_close"),
            ) from refused
        telling.logged_in(session, self._user.name)
        session.connection.send(
            0,
            methods.ConnectionTune(
                channel_max=terms.limits.channel_max,
                frame_max=terms.limits.frame_max,
                heartbeat=terms.limits.heartbeat_s,
            ),
        )

    def enter(self, method: methods.ConnectionOpen) -> Access:
        """The client's way into the vhost it asks for. Raises ProtocolViolation."""
        assert self._user is not None
        try:
            return self._session.broker.enter(self._user, method.virtual_host, self._session)
        except Refused as refused:
            raise ProtocolViolation(refused.code, str(refused), method.index) from refused

    def _log_in(self, method: methods.ConnectionStartOk) -> User:
        """The user of a mechanism's response. Raises MalformedCredentials, AccessRefused."""
        logins, source = self._session.broker.logins, self._session.peer.source
        if method.mechanism == EXTERNAL:
            tls = self._session.peer.tls
            assert tls is not None
            if not tls.login:
                raise AccessRefused(tls.trouble)
            self._login = tls.login
            return logins.with_certificate(tls.login, source)
        credentials = READERS[method.mechanism](method.response)
        self._login = credentials.user
        return logins.with_password(credentials.user, credentials.password, source)


def _violation(reason: str, method: Method) -> ProtocolViolation:
    return ProtocolViolation(ReplyCode.ACCESS_REFUSED, reason, method.index)
