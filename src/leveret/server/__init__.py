"""Sockets: listeners, connections, the loop's side of the broker's agenda."""
