"""The flags that a node's settings have."""

from leveret.cli.flags import flags_of_settings
from leveret.config.settings import ROWS


def test_every_setting_with_a_flag_has_its_option():
    names = [option.opts[0] for option in flags_of_settings()]
    assert names == [row.flag for row in ROWS if row.flag]
    assert "--data-dir" in names


def test_the_help_says_what_is_the_default():
    port = next(option for option in flags_of_settings() if option.opts == ["--port"])
    assert port.help.endswith("[default: 5672]")
