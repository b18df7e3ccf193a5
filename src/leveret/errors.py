"""What stops a node from starting: an error, whose text is the one line a person sees."""


class StartRefused(Exception):
    """The node cannot start here; the message says why and what to do about it."""


class StartWithdrawn(StartRefused):
    """Somebody has stopped the application before it had started."""
