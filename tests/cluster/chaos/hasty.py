"""A writer that calls a record safe when it has appended it: what the checker must find out.

`python -m tests.cluster.chaos hasty-log` plays schedules to three of them.
"""

import asyncio
import sys

from tests.cluster.chaos.history import Message
from tests.cluster.chaos.writing import RECORD, Writer, main


class HastyWriter(Writer):
    def _append(self, message: Message) -> None:
        self._log.append(RECORD, message.octets())
        self._unsafe += 1
        self._tell(message)


if __name__ == "__main__":
    asyncio.run(main(HastyWriter, *sys.argv[1:]))
