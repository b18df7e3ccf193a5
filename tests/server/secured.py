"""TLS clients for a served node: blocking sockets, and the plain client's manners on top."""

import socket
import ssl
from contextlib import contextmanager

from leveret.config import Settings
from leveret.config.tls_settings import TlsSettings
from tests.server.authority import authority, server_of
from tests.server.client import Client
from tests.server.served import HandLoop, ServedNode


class Pki:
    """A CA, the node's files, and client certificates as they are asked for."""

    def __init__(self, directory):
        self.directory = directory
        self.ca = authority()
        self.ca_file = directory / "ca.pem"
        self.ca_file.write_bytes(self.ca.pem)
        self.renew()

    def renew(self, **how):
        """A new certificate for the node, in the files of the old one."""
        self.certfile, self.keyfile = server_of(self.ca, **how).write(self.directory, "server")

    def options(self, **chosen):
        files = {"certfile": self.certfile, "keyfile": self.keyfile, "cacertfile": self.ca_file}
        return TlsSettings(**{**files, **chosen})

    def client_context(self, party=None, trusted=None):
        """What a client trusts, and what it shows."""
        context = ssl.create_default_context(cafile=trusted or self.ca_file)
        if party is not None:
            context.load_cert_chain(*party.write(self.directory, "client"))
        return context


@contextmanager
def closing(client):
    """For as long as the block lasts."""
    try:
        yield client
    finally:
        client.hang_up()


class SecureClient(Client):
    """The client of test_transport.py, behind TLS. preamble: what goes before the handshake."""

    def __init__(self, address, context, preamble=b""):
        super().__init__(address)
        if preamble:
            self._socket.sendall(preamble)
        self._socket = context.wrap_socket(self._socket, server_hostname="localhost")

    @property
    def shown(self):
        """The node's certificate."""
        return self._socket.getpeercert(binary_form=True)


class SecuredNode(ServedNode):
    """Listens with TLS; `plain_address` without."""

    def __init__(self, options, loop=None, **settings):
        chosen = {"tls": options, "tls_port": 0, "auth_mechanisms": MECHANISMS, **settings}
        super().__init__(loop or HandLoop(), Settings(**chosen))

    async def _serve(self):
        listening = self.server.listen
        self.server.listen = lambda host, port: listening(host, port, is_tls=True)
        await super()._serve()


MECHANISMS = frozenset({"PLAIN", "AMQPLAIN", "EXTERNAL"})


def plain_socket(address):
    return socket.create_connection(address, timeout=20)
