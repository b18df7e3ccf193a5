"""How a node is set up: one table of settings, read from a file, the environment and flags.

`settings.py` is the table; `values.py` turns text into values; `conf_file.py` reads
rabbitmq.conf's form; `load.py` lays the sources over one another.
"""

from leveret.config.errors import SettingRefused
from leveret.config.settings import Settings
from leveret.config.values import Listener, Listening

__all__ = ["Listener", "Listening", "SettingRefused", "Settings"]
