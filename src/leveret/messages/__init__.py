"""Looking at the messages of a queue without taking them, and doing something to chosen ones."""
