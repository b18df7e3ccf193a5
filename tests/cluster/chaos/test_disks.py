"""A full disk takes nothing more, until it is emptied."""

import errno

import pytest

from tests.cluster.chaos.disks import mounted
from tests.cluster.chaos.places import can_make_namespaces


@pytest.mark.skipif(not can_make_namespaces(), reason="needs root")
def test_a_full_disk_refuses_until_it_is_emptied(tmp_path):
    with mounted(tmp_path / "disk", size_mib=1) as disk:
        kept = disk.directory / "kept"
        kept.write_bytes(b"before")
        disk.fill()
        with pytest.raises(OSError, match="No space left") as full:
            (disk.directory / "more").write_bytes(b"x" * 5000)
        assert full.value.errno == errno.ENOSPC
        assert kept.read_bytes() == b"before"
        disk.empty()
        (disk.directory / "more").write_bytes(b"x" * 5000)
    assert not (tmp_path / "disk" / "kept").exists()
