"""Where Leveret may answer otherwise than RabbitMQ 3.10.8, and why. There is no other list.

Both transcripts pass through `comparable` before they are compared.
"""

import re

# Each broker says who it is; what it can do, and in which order it says so, is compared.
IDENTITY = re.compile(r"(cluster_name|copyright|information|platform|product|version)=S:'[^']*'")

# RabbitMQ's reader crashes on these and the socket drops without a word; Leveret says why.
DROPPED_WITHOUT_A_WORD = {
    "method: unknown class",
    "method: unknown method",
    "method: unknown method on channel 0",
    "method: unknown class on channel 0",
    "method: unknown method on a channel that is not open",
    "method: table with an unknown type",
    "method: table cut short",
}
SAID_FIRST = re.compile(r"0 connection\.close 50[123] ")

# Rules that come with later issues: the argument is refused by its name, never ignored.
LATER_ARGUMENTS = {
    "x-dead-letter-exchange",
    "x-dead-letter-routing-key",
    "x-max-length",
    "x-max-length-bytes",
    "x-overflow",
    "x-queue-mode",
    "x-queue-type",
    "x-single-active-consumer",
    "x-consumer-timeout",
}
REFUSED_BY_NAME = re.compile(r"540 .NOT_IMPLEMENTED - (x-[a-z-]+) = .* is not supported yet")


def comparable(name: str, transcript: list[str]) -> list[str]:
    """The transcript without what may differ."""
    lines = [IDENTITY.sub(r"\1=...", line) for line in transcript]
    if name in DROPPED_WITHOUT_A_WORD:
        lines = [line for line in lines if not SAID_FIRST.match(line) and line != "end of stream"]
    return lines


def is_refused_for_later(transcript: list[str]) -> bool:
    """Whether Leveret said, instead of an answer, that an argument's rule is yet to come."""
    found = REFUSED_BY_NAME.search(" ".join(transcript))
    return found is not None and found[1] in LATER_ARGUMENTS
