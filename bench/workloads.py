"""Everything that can be compared, by the page's tables."""

from bench.durable import DURABLE
from bench.transient import TRANSIENT

TABLES = {
    "In memory": TRANSIENT,
    "Kept on the disk": DURABLE,
}
WORKLOADS = (*TRANSIENT, *DURABLE)
