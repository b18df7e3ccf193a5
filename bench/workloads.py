"""Everything that can be compared, by the page's tables."""

from bench.durable import DURABLE
from bench.ruled import RULED
from bench.transient import TRANSIENT

TABLES = {
    "In memory": TRANSIENT,
    "Kept on the disk": DURABLE,
    "With rules": RULED,
}
WORKLOADS = (*TRANSIENT, *DURABLE, *RULED)
