"""The whole look at a node's surroundings, in the order in which a start needs them.

Rule: nothing is changed, and one thing that is amiss hides no other: where the settings cannot be
read, the rest is looked at with the defaults.
"""

from __future__ import annotations

import dataclasses
import os
from typing import TYPE_CHECKING

from leveret.cli.doctor.files import cookie, look_at_files
from leveret.cli.doctor.finding import Finding, failed, well
from leveret.cli.doctor.machine import look_at_machine
from leveret.cli.doctor.ports import Wanted, look_at_ports
from leveret.config import SettingRefused
from leveret.config.load import CONFIG_FILE, load
from leveret.data_directory import DataDirectory
from leveret.server.machine import Machine

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from leveret.config import Settings


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


def examine(settings: Settings, cookie_file: Path) -> Iterator[Finding]:
    """All findings on a node with these settings, but the settings themselves."""
    assert settings.data_dir is not None
    machine = Machine()
    yield from look_at_files(settings, machine)
    yield cookie(cookie_file, os.getuid())
    yield from look_at_ports(wanted(settings), DataDirectory(settings.data_dir))
    yield from look_at_machine(settings, machine)
    if any(address.is_tls for address in settings.addresses):
        from leveret.cli.doctor.tls import look_at_tls  # noqa: PLC0415  # ssl costs time

        yield from look_at_tls(settings.tls)


def wanted(settings: Settings) -> list[Wanted]:
    """Every address that a start would listen on."""
    return [
        Wanted(each, "AMQP over TLS", "--tls-port")
        if each.is_tls
        else Wanted(each, "AMQP", "--port")
        for each in settings.addresses
    ]
