"""An HTTP server that answers what a test tells it to, and keeps what it was asked."""

import base64
import contextlib
import json
import ssl
import threading
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass
class Asked:
    """One request. target: path and query."""

    method: str
    target: str
    login: str
    content: bytes

    @property
    def body(self):
        return json.loads(self.content)


@dataclass
class Answering:
    """answers: (status, JSON value) by method and path, or for any request with None as its key."""

    port: int = 0
    answers: dict[Any, tuple[int, Any]] = field(default_factory=dict)
    asked: list[Asked] = field(default_factory=list)

    @property
    def only(self):
        """What was asked, once."""
        (asked,) = self.asked
        return asked

    def answer(self, value, status=200, to=None):
        self.answers[to] = (status, value)

    def answer_to(self, asked):
        path = asked.target.partition("?")[0]
        return self.answers.get((asked.method, path)) or self.answers.get(None) or (200, [])


def _handler(answering):
    class Handler(BaseHTTPRequestHandler):
        def _answer(self):
            length = int(self.headers.get("content-length") or 0)
            scheme, _, login = self.headers.get("authorization", "").partition(" ")
            assert scheme == "Basic"
            asked = Asked(
                self.command, self.path, base64.b64decode(login).decode(), self.rfile.read(length)
            )
            answering.asked.append(asked)
            status, value = answering.answer_to(asked)
            content = value if isinstance(value, bytes) else json.dumps(value).encode()
            self.send_response(status)
            self.send_header("content-length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        do_GET = do_PUT = do_POST = do_DELETE = _answer  # noqa: N815

        def log_message(self, *args):
            """Silence."""

    return Handler


@contextlib.contextmanager
def answering(context: ssl.SSLContext | None = None):
    """The server, for as long as the block lasts."""
    told = Answering()
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(told))
    server.daemon_threads = True
    if context is not None:
        server.socket = context.wrap_socket(server.socket, server_side=True)
    told.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield told
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
