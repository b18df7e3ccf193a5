"""Prometheus' text format, version 0.0.4: the lines of which a page of metrics is made.

    # TYPE rabbitmq_queue_messages gauge
    # HELP rabbitmq_queue_messages Sum of ready and unacknowledged messages - total queue depth
    rabbitmq_queue_messages{vhost="/",queue="orders"} 17

Rule: TYPE and HELP come first, in RabbitMQ's order; what stands in a label may be anything, and is
escaped here and nowhere else.
"""

from __future__ import annotations

import math
from typing import Final

from leveret.definitions.arguments import spelled

CONTENT_TYPE: Final = "text/plain; version=0.0.4"
_IN_LABEL: Final = str.maketrans({"\\": r"\\", '"': r"\"", "\n": r"\n"})
_IN_HELP: Final = str.maketrans({"\\": r"\\", "\n": r"\n"})


def header(name: str, kind: str, about: str) -> str:
    """What every metric begins with."""
    return f"# TYPE {name} {kind}\n# HELP {name} {about.translate(_IN_HELP)}\n"


def labels(**told: str) -> str:
    """Labels as they stand between the braces, in this order. Octets that are no text are
    spelled, as in JSON."""
    return ",".join(f'{name}="{escaped(text)}"' for name, text in told.items())


def escaped(text: str) -> str:
    if text.isascii() and text.isalnum():
        return text  # Most names.
    return spelled(text).translate(_IN_LABEL)


def sample(name: str, told: str, value: float) -> str:
    """One line. told: its labels, as `labels` makes them."""
    return f"{name}{{{told}}} {number(value)}\n" if told else f"{name} {number(value)}\n"


def number(value: float) -> str:
    """Whole ones without a point, as RabbitMQ writes them."""
    if isinstance(value, float):
        if math.isnan(value):
            return "NaN"
        if math.isinf(value):
            return "+Inf" if value > 0 else "-Inf"
        return str(int(value)) if value.is_integer() and abs(value) < 2**53 else repr(value)
    return str(int(value))
