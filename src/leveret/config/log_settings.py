"""The log: the rows of log.*."""

from dataclasses import dataclass

from leveret.config import values
from leveret.config.rows import setting


@dataclass(frozen=True, slots=True, kw_only=True)
class LogSettings:
    """Each field is a row of the table."""

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
