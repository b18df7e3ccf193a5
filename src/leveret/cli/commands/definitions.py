"""`leveret definitions`: what a data directory holds as RabbitMQ's JSON, and that made part of it.

export  reads a directory as it is, beside a running node too
import  changes it, so no node may be at work in it
check   says what an import would come to, and does nothing
"""

from __future__ import annotations

import os
import sys
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import click

from leveret.broker.definitions.exporting import definitions_in, definitions_of
from leveret.broker.definitions.importing import report_of
from leveret.cli.data_dir import existing_data_dir
from leveret.cli.offline import broker_seen_in, change_broker_in, empty_broker
from leveret.config import Settings
from leveret.definitions import telling
from leveret.definitions.files import read_sources
from leveret.definitions.loading import DefinitionsRefused, import_sources, plan_sources
from leveret.definitions.writing import write_document, write_vhost_document
from leveret.errors import StartRefused

if TYPE_CHECKING:
    from collections.abc import Iterable

    from leveret.broker.broker import Broker
    from leveret.broker.definitions.importing import Report
    from leveret.definitions.files import Source

EXIT_FAULTS = 1

data_dir_option = click.option(
    "--data-dir", metavar="DIR", help="the directory  [default: where `leveret serve` keeps it]"
)


@click.group
def definitions() -> None:
    """Vhosts, users, queues, ... of a data directory, to and from RabbitMQ's JSON."""


@definitions.command("export")
@click.argument("file", required=False)
@data_dir_option
@click.option("--vhost", help="only what is in this one")
def export_definitions(file: str | None, data_dir: str | None, vhost: str | None) -> None:
    """Write what is durable, to FILE or to the terminal.

    Nothing is changed, and a node may be at work in the directory. FILE holds password hashes and
    is made readable for its owner only.
    """
    broker = broker_seen_in(existing_data_dir(data_dir))
    document = _document(broker, vhost)
    if file is None:
        sys.stdout.write(document.decode())
    else:
        _write_private(Path(file), document)


@definitions.command("import")
@click.argument("file")
@data_dir_option
@click.option("--vhost", help="put everything into this one: a file of one vhost names none")
def import_definitions(file: str, data_dir: str | None, vhost: str | None) -> None:
    """Make what FILE says part of a data directory that no node is at work in.

    FILE may be a directory of files. What is there already stays as it is. With one fault in a
    file nothing is changed. Exit code 1: there are faults.
    """
    sources = read_sources(Path(file))
    path = existing_data_dir(data_dir)
    try:
        reports = change_broker_in(path, partial(import_sources, sources=sources, vhost=vhost))
    except DefinitionsRefused as refused:
        _tell_faults(refused)
    _tell(reports)


@definitions.command("check")
@click.argument("file")
@click.option("--data-dir", metavar="DIR", help="a directory to compare with  [default: none]")
@click.option("--vhost", help="as if everything were put into this one")
def check_definitions(file: str, data_dir: str | None, vhost: str | None) -> None:
    """Say what an import of FILE would come to; no node is needed, nothing is changed.

    Exit code 1: there are faults, and nothing of it would be imported.
    """
    sources = read_sources(Path(file))
    broker = empty_broker() if data_dir is None else broker_seen_in(existing_data_dir(data_dir))
    if vhost is not None and data_dir is None:
        broker.add_vhost(vhost)
    try:
        planned = plan_sources(broker, sources, vhost)
    except DefinitionsRefused as refused:
        _tell_faults(refused)
    _tell((each.source, report_of(each.plan)) for each in planned)


def _document(broker: Broker, vhost: str | None) -> bytes:
    version = Settings().product_version
    if vhost is None:
        return write_document(definitions_of(broker), version)
    if vhost not in broker.vhosts:
        raise StartRefused(f"there is no vhost '{vhost}' in it")
    return write_vhost_document(definitions_in(broker, broker.vhosts[vhost]), version)


def _write_private(path: Path, document: bytes) -> None:
    try:
        flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC
        with os.fdopen(os.open(path, flags, 0o600), "wb") as file:
            file.write(document)
    except OSError as error:
        raise StartRefused(f"cannot write {path}: {error.strerror or error}") from error


def _tell(reports: Iterable[tuple[Source, Report]]) -> None:
    for source, report in reports:
        print(f"{source.path}: {telling.summary(report)}")
        for line in telling.remarks(report):
            print(f"  {line}")


def _tell_faults(refused: DefinitionsRefused) -> NoReturn:
    print(f"{refused.path}: nothing is imported:", file=sys.stderr)
    for fault in refused.faults:
        print(f"  {fault}", file=sys.stderr)
    sys.exit(EXIT_FAULTS)
