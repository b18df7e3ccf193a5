"""The engine on this machine's disk: one message log, one catalogue."""
