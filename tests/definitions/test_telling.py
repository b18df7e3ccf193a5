"""What is said of an import."""

from collections import Counter

from leveret.broker.definitions.document import Remark
from leveret.broker.definitions.importing import Report, Unimportable
from leveret.definitions.telling import faults, remarks, summary

REMARKS = [Remark("queues", "queue 'a'", "no"), Remark("queues", "queue 'b'", "neither")]


def test_the_numbers_in_the_order_of_making():
    applied = Counter(queues=2, users=1, topic_permissions=1)
    report = Report(applied, Counter(vhosts=3), [], REMARKS)
    assert summary(report) == (
        "applied 1 user, 1 topic permission, 2 queues; 3 were there already; 2 skipped"
    )


def test_nothing_new():
    assert summary(Report()) == "applied nothing; 0 were there already; 0 skipped"


def test_a_line_for_each_thing():
    assert remarks(Report(skipped=REMARKS[:1], idle=REMARKS[1:])) == [
        "skipped: queues: queue 'a': no",
        "without effect: queues: queue 'b': neither",
    ]
    assert faults(Unimportable(REMARKS)) == ["queues: queue 'a': no", "queues: queue 'b': neither"]
