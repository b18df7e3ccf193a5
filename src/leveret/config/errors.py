"""What goes wrong while settings are read: one error, whose text is the one line a person sees."""


class SettingRefused(Exception):
    """A setting that cannot be used; the message names where it was written and what is wrong."""
