"""`leveret doctor`: what it looks at, a module for each kind of thing; findings are values."""
