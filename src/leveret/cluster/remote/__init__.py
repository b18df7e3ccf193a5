"""Queues whose home is another node: what is here of them, and who acts for others at the home.

session ─> RemoteQueue ─> Home ══link══> HomeDesk ─> Guest, Seats ─> the queue
"""
