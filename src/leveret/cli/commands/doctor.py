"""`leveret doctor`: why does it not start, or not run well? What is amiss, and what to do."""

from __future__ import annotations

import json
import os
import sys
from typing import TYPE_CHECKING, Final

import click

from leveret.cli.doctor.examination import cookie_file_of, examine, read_settings
from leveret.cli.doctor.finding import Finding, Health
from leveret.cli.flags import flags_of_settings
from leveret.cli.printing import counted

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from leveret.config import Settings

EXIT_FAILED = 1
WORDS: Final = {Health.WELL: "ok", Health.WARNING: "warning", Health.FAILED: "FAILED"}
COLOURS: Final = {Health.WELL: "green", Health.WARNING: "yellow", Health.FAILED: "red"}
WORD_WIDTH: Final = max(map(len, WORDS.values()))


@click.command(params=flags_of_settings())
@click.option(
    "--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True
)
@click.option("--strict", is_flag=True, help="exit with 1 for a warning too")
def doctor(form: str, strict: bool, **flags: str | None) -> None:
    """Look at what a node needs, and say what to do.

    Takes the flags of `leveret serve`, and looks at what a start with them would meet; a node may
    be running. Nothing is changed. Exit code 1: something failed (or, with --strict, warns).

    \b
    Example:
      leveret doctor --config /etc/leveret/leveret.conf --strict
    """
    told = {name: text for name, text in flags.items() if text is not None}
    read = read_settings(told, os.environ)
    findings = [read.finding, *examine(read.settings, cookie_file_of(read.settings, os.environ))]
    if form == "json":
        print(json.dumps(_as_json(read.settings, findings), indent=2))
    else:
        click.echo("\n".join(_as_text(read.settings, findings)))
    if max(finding.health for finding in findings) >= (Health.WARNING if strict else Health.FAILED):
        sys.exit(EXIT_FAILED)


def _as_json(settings: Settings, findings: Sequence[Finding]) -> dict[str, object]:
    return {
        "node": settings.node,
        "data_directory": str(settings.data_dir),
        "findings": [
            {
                "subject": finding.subject,
                "health": WORDS[finding.health].lower(),
                "told": finding.told,
                "advice": finding.advice,
            }
            for finding in findings
        ],
    }


def _as_text(settings: Settings, findings: Sequence[Finding]) -> Iterator[str]:
    yield f"{settings.node} in {settings.data_dir}"
    yield ""
    width = max(len(finding.subject) for finding in findings)
    for finding in findings:
        word = click.style(WORDS[finding.health].ljust(WORD_WIDTH), fg=COLOURS[finding.health])
        yield f"{word}  {finding.subject.ljust(width)}  {finding.told}"
        if finding.advice:
            yield f"{' ' * (WORD_WIDTH + width + 4)}-> {finding.advice}"
    yield ""
    yield _summary(findings)


def _summary(findings: Sequence[Finding]) -> str:
    failures = sum(finding.health is Health.FAILED for finding in findings)
    warnings = sum(finding.health is Health.WARNING for finding in findings)
    if not failures and not warnings:
        return "nothing is amiss"
    return f"{failures} failed, {counted(warnings, 'warning')}"
