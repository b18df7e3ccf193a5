"""The log: the rows of log.console.* and log.file.*."""

from dataclasses import dataclass
from pathlib import Path

from leveret.config import values
from leveret.config.rows import setting


def file(written: str) -> Path | None:
    """A file, or `false` for none."""
    return None if written.lower() == "false" else values.path(written)


@dataclass(frozen=True, slots=True, kw_only=True)
class LogSettings:
    """Each field is a row of the table."""

    is_on_console: bool = setting(
        True,
        values.boolean,
        "whether lines are written to standard output",
        key="log.console",
        shown_default="true",
    )
    level: str = setting(
        "info",
        values.one_of(*values.LOG_LEVELS),
        "least severe lines that are logged",
        key="log.console.level",
        name="log_level",
        flag="--log-level",
    )
    format: str = setting(
        "text",
        values.log_format,
        "text or json",
        key="log.console.formatter",
        name="log_format",
        flag="--log-format",
    )
    file: Path | None = setting(
        None,
        file,
        "file to write lines to as well, in the data directory unless its whole path is given",
        key="log.file",
        shown_default="false",
    )
    file_level: str = setting(
        "info",
        values.one_of(*values.LOG_LEVELS),
        "least severe lines in the file",
        key="log.file.level",
    )
    file_format: str = setting(
        "text",
        values.log_format,
        "text or json in the file",
        key="log.file.formatter",
    )
