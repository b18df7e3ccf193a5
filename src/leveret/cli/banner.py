"""What a person sees on the terminal once the node is up: where it listens and what to paste."""

from urllib.parse import quote

from leveret.config import Listener, Listening, Settings

EXAMPLE = """\
    import pika
    channel = pika.BlockingConnection(pika.URLParameters("{url}")).channel()
    channel.queue_declare("hello")
    channel.basic_publish("", "hello", b"Hello, hare!")
    print(channel.basic_get("hello", auto_ack=True)[2])
"""


def banner(
    settings: Settings, addresses: tuple[Listener, ...], listening: tuple[Listening, ...]
) -> str:
    where = ", ".join(map(str, addresses))
    example = EXAMPLE.format(url=client_url(settings, addresses[0]))
    return (
        f"\n{settings.node} listens on {where}."
        f"{_management(settings, listening)}"
        f"\nWhat is durable is kept in {settings.data_dir}."
        f"\nPaste this into a Python that has pika; stop with Ctrl-C.\n\n{example}"
    )


def client_url(settings: Settings, address: Listener) -> str:
    """The URL a client on this machine would use; a password you chose is not shown."""
    user, password = quote(settings.default_user, safe=""), "PASSWORD"
    if settings.default_pass == "guest":  # noqa: S105  # the public default
        password = "guest"  # noqa: S105
    host = _reached(address.host)
    scheme = "amqps" if address.is_tls else "amqp"
    vhost = quote(settings.default_vhost, safe="")
    return f"{scheme}://{user}:{password}@{host}:{address.port}/{vhost}"


def _management(settings: Settings, listening: tuple[Listening, ...]) -> str:
    """Where the management API is, if it is served."""
    for each in listening:
        if each.protocol in {"http", "https"}:
            path = settings.http.path_prefix + "/api/"
            return f"\nIts HTTP API is at {each.protocol}://{_reached(each.host)}:{each.port}{path}"
    return ""


def _reached(host: str) -> str:
    """What a client on this machine says for it."""
    host = "localhost" if host in {"", "0.0.0.0", "::"} else host  # noqa: S104
    return f"[{host}]" if ":" in host else host
