"""Three nats-servers, each a process with a store, that tests kill, stop and start again."""

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

from leveret.cluster.nats.logs import Endpoint
from leveret.cluster.nats.naming import server_of, tags_of

NODES = ("hare", "mouse", "vole")

CONF = """
server_name: "{server}"
listen: "{host}:{port}"
http: "{host}:{http}"
max_payload: 8388608
server_tags: {tags}
jetstream {{ store_dir: "{store}", sync_interval: always }}
accounts {{
  LEV {{ jetstream: enabled, users: [ {{ user: lev, password: carrot }} ] }}
  $SYS {{ users: [ {{ user: sys, password: clover }} ] }}
}}
cluster {{
  name: leveret
  listen: "{host}:{route}"
  advertise: "{host}:{route}"
  no_advertise: true
  routes: {routes}
}}
"""


def program():
    beside = Path(sys.executable).with_name("nats-server")
    return str(beside) if beside.exists() else shutil.which("nats-server")


def free_port(host):
    with socket.socket() as probe:
        probe.bind((host, 0))
        return probe.getsockname()[1]


class Server:
    """One of them: of one node, at one address."""

    def __init__(self, node, host, directory):
        self.node = node
        self.host = host
        self.port, self.http, self.route = (free_port(host) for _ in range(3))
        self.endpoint = Endpoint(host, self.port, "lev", "carrot", "sys", "clover")
        self._conf = directory / f"{node}.conf"
        self._log = directory / f"{node}.log"
        self._store = directory / node
        self._process = None

    def write_conf(self, servers):
        tags = [*tags_of((self.node,)), *tags_of(("hare", "mouse"))[: self.node != "vole"]]
        quoted = ", ".join(f'"{tag}"' for tag in tags)
        routes = ", ".join(f'"nats-route://{each.host}:{each.route}"' for each in servers)
        self._conf.write_text(
            CONF.format(
                server=server_of(self.node, 1),
                host=self.host,
                port=self.port,
                http=self.http,
                route=self.route,
                store=self._store,
                tags=f"[{quoted}]",
                routes=f"[{routes}]",
            )
        )

    @property
    def is_running(self):
        return self._process is not None and self._process.poll() is None

    def start(self):
        if not self.is_running:
            with self._log.open("ab") as log:
                self._process = subprocess.Popen(
                    [program(), "-c", str(self._conf)], stdout=log, stderr=log
                )

    def kill(self):
        self._process.kill()
        self._process.wait()

    def freeze(self):
        """Until all of its threads stand still: each goes on until it is interrupted."""
        self._process.send_signal(signal.SIGSTOP)
        while set(self._states()) != {"T"}:
            time.sleep(0.001)

    def _states(self):
        for each in Path(f"/proc/{self._process.pid}/task").glob("*/stat"):
            yield each.read_text().rpartition(")")[2].split()[0]

    def thaw(self):
        if self.is_running:
            self._process.send_signal(signal.SIGCONT)

    def is_healthy(self):
        with contextlib.suppress(OSError):
            url = f"http://{self.host}:{self.http}/healthz"
            with urllib.request.urlopen(url, timeout=1) as answer:
                return answer.status == 200
        return False


class Servers:
    """All three, on addresses one after the other."""

    def __init__(self, directory, first_host=21):
        hosts = [f"127.0.1.{first_host + number}" for number in range(len(NODES))]
        self.by_node = {
            node: Server(node, host, directory) for node, host in zip(NODES, hosts, strict=True)
        }
        for each in self.by_node.values():
            each.write_conf(self.by_node.values())

    def start(self):
        for each in self.by_node.values():
            each.start()
            each.thaw()

    def are_healthy(self):
        return all(each.is_healthy() for each in self.by_node.values())

    def kill(self):
        for each in self.by_node.values():
            if each.is_running:
                each.kill()


def is_installed():
    return program() is not None


def is_under_ci():
    return "CI" in os.environ
