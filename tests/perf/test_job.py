from leveret.dial.address import Address
from leveret.perf.job import Job, job_from_json


def test_a_job_survives_the_way_to_its_worker():
    job = Job(
        role="consumer",
        worker=1,
        workers=2,
        counters="/tmp/counters",
        address=Address("localhost", 5672, "guest", "gäst", "/"),
        routing_keys=("a", "b"),
        queues=("q",),
        auto_ack=False,
        rate=0.5,
    )
    assert job_from_json(job.to_json()) == job


def test_a_job_is_one_line():
    job = Job("producer", 0, 1, "c", Address("h", 1, "u", "p\nq", "/"))
    assert "\n" not in job.to_json()
