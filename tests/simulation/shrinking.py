"""Cuts a failing list of steps down: leaves out halves, quarters, ... as long as it still fails."""


def shrink(steps, fails, attempts_max=400):
    """The shortest list it can find for which `fails` still holds."""
    steps = list(steps)
    size = len(steps) // 2
    while size and attempts_max > 0:
        start = 0
        while start < len(steps) and attempts_max > 0:
            shorter = steps[:start] + steps[start + size :]
            attempts_max -= 1
            if fails(shorter):
                steps = shorter
            else:
                start += size
        size //= 2
    return steps
