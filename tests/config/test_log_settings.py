"""Values of log.*."""

from pathlib import Path

from leveret.config import log_settings


def test_a_file_is_a_path_or_none():
    assert log_settings.file("mq.log") == Path("mq.log")
    assert log_settings.file("false") is None
