"""What stops a node from starting: one error, whose text is the one line a person sees."""


class StartRefused(Exception):
    """The node cannot start here; the message says why and what to do about it."""
