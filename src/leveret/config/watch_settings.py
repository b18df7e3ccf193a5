"""Memory and disk: the rows of vm_memory_* and disk_free_limit.*, whose alarms hold publishers."""

from dataclasses import dataclass

from leveret.config import values
from leveret.config.rows import setting


@dataclass(frozen=True, slots=True, kw_only=True)
class WatchSettings:
    """Each field is a row of the table."""

    memory_share: float | None = setting(
        None,
        values.share(1),
        "share of all memory above which publishers have to wait, 0 to 1",
        key="vm_memory_high_watermark.relative",
        name="vm_memory_high_watermark_relative",
        shown_default="0.4",
    )
    memory_bytes: int | None = setting(
        None,
        values.amount,
        "the same in bytes; counts where no share is given",
        key="vm_memory_high_watermark.absolute",
        name="vm_memory_high_watermark_absolute",
        shown_default="none",
    )
    memory_paging_ratio: float = setting(
        0.5,
        values.fraction,
        "share of the memory watermark from which waiting messages leave memory",
        key="vm_memory_high_watermark_paging_ratio",
        name="vm_memory_high_watermark_paging_ratio",
    )
    memory_total: int | None = setting(
        None,
        values.amount,
        "all memory there is, in bytes",
        key="total_memory_available_override_value",
        name="total_memory_available_override_value",
        shown_default="the machine's, or what its container allows",
    )
    memory_interval_s: float = setting(
        2.5,
        values.milliseconds,
        "milliseconds between looks at the memory in use",
        key="memory_monitor_interval",
        name="memory_monitor_interval",
        shown_default="2500",
    )
    disk_free_share: float | None = setting(
        None,
        values.share(1000),
        "free disk below which publishers have to wait, as a share of all memory",
        key="disk_free_limit.relative",
        name="disk_free_limit_relative",
        shown_default="none",
    )
    disk_free_bytes: int | None = setting(
        None,
        values.amount,
        "the same in bytes; counts where no share is given",
        key="disk_free_limit.absolute",
        name="disk_free_limit_absolute",
        shown_default="50MB",
    )
