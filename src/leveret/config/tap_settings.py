"""Taps: the rows of what a node tells whoever listens, besides the messages themselves."""

from dataclasses import dataclass

from leveret.config import values
from leveret.config.rows import setting


@dataclass(frozen=True, slots=True, kw_only=True)
class TapSettings:
    """Each field is a row of the table."""

    log_exchange: bool = setting(
        False,
        values.boolean,
        "whether the log is also published to the exchange amq.rabbitmq.log",
        key="log.exchange",
        shown_default="false",
    )
    log_exchange_level: str = setting(
        "info",
        values.one_of(*values.LOG_LEVELS),
        "least severe lines that are published",
        key="log.exchange.level",
    )
    log_exchange_format: str = setting(
        "text",
        values.log_format,
        "text or json",
        key="log.exchange.formatter",
    )

    event_exchange: bool = setting(
        False,
        values.boolean,
        "whether events are published to the exchange amq.rabbitmq.event",
        key="event_exchange.enabled",
        shown_default="false",
    )
    event_exchange_vhost: str = setting(
        "/",
        values.text,
        "the virtual host they are published in",
        key="event_exchange.vhost",
    )
    trace_vhosts: frozenset[str] = setting(
        frozenset(),
        values.names,
        "virtual hosts whose messages are copied to amq.rabbitmq.trace; trace_vhosts.1 = NAME",
        key="trace_vhosts",
        fold=values.add_value,
        fold_start=frozenset(),
        shown_default="none",
    )
