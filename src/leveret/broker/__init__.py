"""The domain: exchanges, queues, bindings, users. Pure and synchronous: time and chance are
arguments, the disk is a port, and nothing here knows frames, sockets or JSON."""
