"""Where Leveret may answer otherwise than RabbitMQ 3.10.8, and why. There is no other list.

Both transcripts pass through `comparable` before they are compared.
"""

import itertools
import re

# Each broker says who it is; what it can do, and in which order it says so, is compared.
IDENTITY = re.compile(r"(cluster_name|copyright|information|platform|product|version)=S:'[^']*'")

# How a connection ends, where RabbitMQ 3.10.8 ends it worse. Only that it ends is compared.
ENDS_OTHERWISE = {
    # RabbitMQ's reader crashes and the socket drops without a word; Leveret says why.
    "method: unknown class",
    "method: unknown method",
    "method: unknown method on channel 0",
    "method: unknown class on channel 0",
    "method: unknown method on a channel that is not open",
    "method: table with an unknown type",
    "method: table cut short",
    # RabbitMQ's channel crashes, 541 INTERNAL_ERROR; Leveret says 502 SYNTAX_ERROR and where.
    "content: properties cut short",
    "content: properties left over",
    "content: header table with an unknown type",
    # RabbitMQ waits for a content before it finds that the method is not for it.
    "method: a server's basic.deliver",
    "method: a server's basic.return",
}
# RabbitMQ's channel crashes, 541 INTERNAL_ERROR; Leveret refuses, and says what. What comes before
# the end is compared.
CRASHES = "crash: "
ENDS = re.compile(r"\d (connection|channel)\.close |end of stream")

END = re.compile(r"0 connection\.close |end of stream")

# RabbitMQ 3.10.8 delivers a mandatory message to a direct reply-to name and returns it as well.
RETURNED_ALTHOUGH_DELIVERED = {"request: answered mandatory"}

# Leveret has a delivery limit for classic queues, too.
MORE_THAN_RABBITMQ = {"value: x-delivery-limit 5"}

# When a message died, to the second.
DEATH_TIME = re.compile(r"\b(time=T:)\d{10}")

# RabbitMQ's connection hears of the deletion from one process and that the vhost's own is down from
# another; it tells what it hears first. Leveret says that it is deleted.
VHOST_GONE = re.compile(r"(vhost '[^']*' is) (?:deleted|down)\b")


def comparable(name: str, transcript: list[str]) -> list[str]:
    """The transcript without what may differ."""
    lines = [DEATH_TIME.sub(r"\1...", IDENTITY.sub(r"\1=...", line)) for line in transcript]
    lines = [VHOST_GONE.sub(r"\1 gone", line) for line in lines]
    if name in ENDS_OTHERWISE:
        before = [line for line in lines if not END.match(line)]
        return [*before, "ended" if len(before) < len(lines) else "goes on"]
    if name in MORE_THAN_RABBITMQ:
        return []
    if name.startswith(CRASHES):
        return list(itertools.takewhile(lambda line: not ENDS.match(line), lines))
    if name in RETURNED_ALTHOUGH_DELIVERED:
        return [line for line in lines if not line.startswith("server: ")]
    return lines
