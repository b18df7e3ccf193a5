"""What leveretctl ends with: the exit codes of rabbitmqctl, which are those of sysexits(3)."""

OK = 0
USAGE = 64
DATA = 65
NO_USER = 67
UNAVAILABLE = 69
SOFTWARE = 70
TIMED_OUT = 75
CONFIGURATION = 78
