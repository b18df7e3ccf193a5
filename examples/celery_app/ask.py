"""Ask the worker of tasks.py: one task, then a chord (several tasks and one that joins them)."""

from celery import group
from tasks import add_up, count_ears

print("ears of 21 hares:", count_ears.delay(21).get(timeout=30))

counts = group(count_ears.s(hares) for hares in (1, 2, 3))().get(timeout=30)
print("ears of 1, 2 and 3 hares:", counts)
print("together:", add_up.delay(counts).get(timeout=30))
