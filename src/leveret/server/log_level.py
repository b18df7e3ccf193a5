"""How much a node that runs says, changed by whoever reads its log just now.

Rule: all that this process writes its log to follows: console, file, log exchange.
"""

import logging

from leveret.server.log_lines import LEVELS


def change_log_level(level: str) -> None:
    """One of LEVELS, until the process ends or somebody changes it again."""
    root, own = logging.getLogger(), logging.getLogger("leveret")
    for handler in (*root.handlers, *own.handlers):
        handler.setLevel(LEVELS[level])
    for logger in (root, own):
        if logger.level != logging.NOTSET:
            logger.setLevel(LEVELS[level])
