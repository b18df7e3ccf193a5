"""The whole look at a node's surroundings, in the order in which a start needs them.

Rule: nothing is changed, and one thing that is amiss hides no other: where the settings cannot be
read, the rest is looked at with the defaults.
"""

from __future__ import annotations

import dataclasses
import os
from pathlib import Path
from typing import TYPE_CHECKING, Final

from leveret.cli.doctor.files import cookie, look_at_files
from leveret.cli.doctor.finding import Finding, failed, well
from leveret.cli.doctor.machine import look_at_machine
from leveret.cli.doctor.ports import Wanted, look_at_ports
from leveret.config import Listener, SettingRefused
from leveret.config.load import CONFIG_FILE, load
from leveret.control.cookie import COOKIE_FILE, VARIABLE
from leveret.data_directory import DataDirectory
from leveret.server.machine import Machine

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from leveret.config import Settings


PURPOSES: Final = {
    "http": "management API",
    "https": "management API over TLS",
    "http/prometheus": "metrics for Prometheus",
}


@dataclasses.dataclass(frozen=True, slots=True)
class Read:
    """The settings that count, and what came of reading them."""

    settings: Settings
    finding: Finding


def read_settings(flags: Mapping[str, str], environ: Mapping[str, str]) -> Read:
    try:
        settings = load(flags, environ)
    except SettingRefused as refused:
        advice = "correct it; docs/configuration.md has every setting"
        return Read(_without_file(flags), failed("configuration", str(refused), advice))
    if not settings.addresses:
        told = f"{_source(settings)}, but there is nowhere to listen"
        advice = "name a listener with listeners.tcp or listeners.ssl, or remove `none`"
        return Read(settings, failed("configuration", told, advice))
    return Read(settings, well("configuration", _source(settings)))


def _without_file(flags: Mapping[str, str]) -> Settings:
    """What is left to go by when the settings cannot be read."""
    where = {name: flags[name] for name in ("data_dir", "node") if name in flags}
    try:
        return load(where | {"config": os.devnull}, {})
    except SettingRefused:
        return load({"data_dir": flags.get("data_dir", os.curdir), "config": os.devnull}, {})


def _source(settings: Settings) -> str:
    assert settings.data_dir is not None
    usual = settings.data_dir / CONFIG_FILE
    if settings.config is not None:
        return f"{settings.config} can be used"
    return f"{usual} can be used" if usual.is_file() else f"no {CONFIG_FILE}, defaults are used"


def examine(settings: Settings, cookie_file: Path | None) -> Iterator[Finding]:
    """All findings on a node with these settings, but the settings themselves.

    cookie_file: None where the cookie is in the environment, where only that process reads it.
    """
    assert settings.data_dir is not None
    machine = Machine()
    yield from look_at_files(settings, machine)
    if cookie_file is not None:
        yield cookie(cookie_file, os.getuid())
    yield from look_at_ports(wanted(settings), DataDirectory(settings.data_dir))
    yield from look_at_machine(settings, machine)
    is_https = settings.http.has_management and settings.http.management_tls_port is not None
    if is_https or any(address.is_tls for address in settings.addresses):
        from leveret.cli.doctor import tls  # noqa: PLC0415  # ssl costs time

        if any(address.is_tls for address in settings.addresses):
            yield from tls.look_at_tls(settings.tls)
        if is_https:
            yield from tls.look_at_tls(tls.of_https(settings), "management API: ")


def cookie_file_of(settings: Settings, environ: Mapping[str, str]) -> Path | None:
    """Where the node keeps its cookie, as control/cookie.py finds it."""
    if settings.cookie_file is not None:
        return settings.cookie_file
    return None if environ.get(VARIABLE) else Path(os.path.expanduser(COOKIE_FILE))


def wanted(settings: Settings) -> list[Wanted]:
    """Every address that a start would listen on."""
    if not settings.addresses:
        return []  # A start refuses that; so has the look at the settings.
    amqp = [
        Wanted(each, "AMQP over TLS", "--tls-port")
        if each.is_tls
        else Wanted(each, "AMQP", "--port")
        for each in settings.addresses
    ]
    http = [
        Wanted(Listener(place.host, place.port), PURPOSES[place.protocol], place.flag)
        for place in settings.http.places(settings.bind, settings.addresses[0].port)
    ]
    host, port = settings.node_place
    return [*amqp, *http, Wanted(Listener(host or "", port), "leveretctl", "--node-port")]
