"""Exchange types: each is one class with `bind`, `unbind` and `route`."""
