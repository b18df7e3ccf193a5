"""What nodes say to each other: one connection for each pair of them, calls and streams on it."""
