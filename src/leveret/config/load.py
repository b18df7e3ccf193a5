"""The settings of a node from where they were written: file, then environment, then flags.

Rule: the later source wins, and anything that cannot be used stops the start with one line that
says where it stands: `leveret.conf:3: ...`, `LEVERET_PORT: ...`, `--port: ...`.
"""

import dataclasses
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from leveret.config.conf_file import Entry, read_entries
from leveret.config.errors import SettingRefused
from leveret.config.rabbitmq_keys import known_but_not_supported, what_to_do_without
from leveret.config.rows import Row
from leveret.config.settings import ROWS, Settings, settings_of

CONFIG_FILE = "leveret.conf"
BY_KEY = {row.key: row for row in ROWS if row.key}

# What one source, or several laid over one another, set: attribute of Settings -> value.
Chosen = dict[str, Any]


def load(flags: Mapping[str, str], environ: Mapping[str, str]) -> Settings:
    """The settings of a node that keeps files: its data directory is always named.

    `flags` maps a setting's name (`data_dir`) to what was written after its flag.
    """
    chosen = from_environment(environ) | from_flags(flags)
    settings = settings_of(chosen)
    data_dir = settings.data_dir or _home() / ".leveret" / settings.node
    file = settings.config or _file_in(data_dir)
    if file is not None:
        settings = settings_of(from_file(file) | chosen)
    return dataclasses.replace(settings, data_dir=data_dir.absolute())


def from_flags(flags: Mapping[str, str]) -> Chosen:
    return {row.name: _parsed(row, flags[row.name], row.flag) for row in ROWS if row.name in flags}


def from_environment(environ: Mapping[str, str]) -> Chosen:
    """LEVERET_* before RABBITMQ_*; an empty variable counts as unset."""
    chosen: Chosen = {}
    for row in ROWS:
        name = next((name for name in row.environment if environ.get(name)), None)
        if name is None or _is_service_link(name, environ[name]):
            continue
        chosen[row.name] = _parsed(row, environ[name], name)
    return chosen


def _is_service_link(name: str, written: str) -> bool:
    """Kubernetes puts LEVERET_PORT=tcp://10.0.0.7:5672 beside a service called leveret."""
    return name == "LEVERET_PORT" and written.startswith("tcp://")


def from_file(file: Path) -> Chosen:
    try:
        content = file.read_text(encoding="utf-8")
    except OSError as error:
        reason = error.strerror or str(error)
        raise SettingRefused(f"cannot read the configuration file {file}: {reason}") from error
    except UnicodeDecodeError as error:
        raise SettingRefused(f"the configuration file {file} is not UTF-8 text") from error
    return from_entries(read_entries(content, file.name))


def from_entries(entries: Iterable[Entry]) -> Chosen:
    chosen: Chosen = {}
    lines = list(entries)
    last = {entry.key: entry for entry in lines}
    for entry in lines:
        row = BY_KEY.get(entry.key)
        if row is not None:
            chosen[row.name] = _parsed(row, entry.written, f"{entry.place}: {entry.key}")
            continue
        family = next(
            (row for row in ROWS if row.family and entry.key.startswith(row.family)), None
        )
        if family is None:
            raise SettingRefused(f"{entry.place}: {_unknown(entry.key)}")
        if last[entry.key] is not entry:
            continue
        so_far = chosen.get(family.name, family.fold_start)
        chosen[family.name] = _folded(family, so_far, entry)
    return chosen


def _parsed(row: Row, written: str, place: str) -> object:
    try:
        return row.parse(written)
    except ValueError as error:
        raise SettingRefused(f"{place}: bad value {written!r}: {error}") from error


def _folded(row: Row, so_far: object, entry: Entry) -> object:
    assert row.fold is not None
    try:
        return row.fold(so_far, entry.key.removeprefix(row.family), entry.written)
    except ValueError as error:
        where = f"{entry.place}: {entry.key}"
        raise SettingRefused(f"{where}: bad value {entry.written!r}: {error}") from error


def _unknown(key: str) -> str:
    advice = what_to_do_without(key)
    if advice is not None:
        return f"{key} is not supported: {advice}"
    if known_but_not_supported(key):
        return f"{key} is not supported yet"
    # Imported here: only a failing start needs it.
    from difflib import get_close_matches  # noqa: PLC0415

    known = [*BY_KEY, "listeners.tcp.default"]
    nearest = get_close_matches(key, known, n=1, cutoff=0.0)[0]
    return f"unknown key {key!r}; the nearest known key is {nearest!r}"


def _home() -> Path:
    try:
        return Path.home()
    except RuntimeError as error:
        # A container may run as a user that nobody has heard of.
        raise SettingRefused("this user has no home directory; name a --data-dir") from error


def _file_in(data_dir: Path) -> Path | None:
    file = data_dir / CONFIG_FILE
    return file if file.is_file() else None
