"""The Celery application of test_celery.py: the same for its worker and for its caller."""

import pathlib
import time

import celery


def make_app(broker, backend, queue):
    app = celery.Celery("conformance", broker=broker, backend=backend, set_as_current=False)
    app.conf.update(
        task_default_queue=queue,
        broker_connection_retry_on_startup=True,
        broker_transport_options={"confirm_publish": True},
        task_send_sent_event=True,
        task_track_started=True,
        worker_prefetch_multiplier=1,
        result_expires=60,
        result_chord_retry_interval=0.1,
    )
    for function, options in TASKS.items():
        app.task(function, name=function.__name__, shared=False, **options)
    return app


def add(x, y):
    return x + y


def total(numbers):
    return sum(numbers)


def now():
    return time.time()


def tick():
    """Tells the order in which one worker did its tasks."""
    return time.monotonic()


def fail():
    raise ValueError("no hares here")


def third_time(self):
    if self.request.retries < 2:
        raise self.retry(countdown=0.05)
    return self.request.retries


def sleep(seconds):
    time.sleep(seconds)


def late(x):
    return x


def hang_once(self, began):
    """Never ends the first time; then tells whether its message had been delivered before."""
    if not pathlib.Path(began).exists():
        pathlib.Path(began).touch()
        time.sleep(3600)
    return {"redelivered": self.request.delivery_info["redelivered"]}


TASKS = {
    add: {},
    total: {},
    now: {},
    tick: {},
    fail: {},
    third_time: {"bind": True},
    sleep: {},
    late: {"acks_late": True},
    hang_once: {"acks_late": True, "bind": True},
}
