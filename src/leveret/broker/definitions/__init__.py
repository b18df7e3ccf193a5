"""What a broker is, without its messages, as values: made of a broker, and made into one."""
