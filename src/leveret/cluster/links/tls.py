"""TLS around the links between nodes, with the certificates that the engines' routes have.

Each end shows its certificate and believes those of the same authorities; who dials wants one that
is good for the host where it dialled.
"""

from __future__ import annotations

import ssl
from typing import TYPE_CHECKING

from leveret.cluster.links.peer import Tls
from leveret.errors import StartRefused

if TYPE_CHECKING:
    from pathlib import Path


def link_tls(certificate: Path, key: Path, authorities: Path) -> Tls:
    """Raises StartRefused where one of the files can't be used."""
    try:
        contexts = (
            ssl.create_default_context(ssl.Purpose.CLIENT_AUTH, cafile=authorities),
            ssl.create_default_context(ssl.Purpose.SERVER_AUTH, cafile=authorities),
        )
        for context in contexts:
            context.load_cert_chain(certificate, key)
    except (OSError, ssl.SSLError) as error:
        raise StartRefused(
            f"cannot use the certificates between nodes ({error}): look at "
            "cluster.ssl_options.certfile, .keyfile and .cacertfile"
        ) from error
    server, client = contexts
    server.verify_mode = ssl.CERT_REQUIRED
    return Tls(server, client)
