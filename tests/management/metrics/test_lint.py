"""The lint finds what it is for: each broken page has exactly its complaint."""

import pytest
from tests.management.metrics.lint import lint

GOOD = """\
# TYPE rabbitmq_queues gauge
# HELP rabbitmq_queues Queues available
rabbitmq_queues{vhost="a\\"b\\\\c\\n"} 3
rabbitmq_queues{vhost="/"} NaN
"""


def test_a_good_page():
    assert lint(GOOD) == []
    assert lint("") == []


@pytest.mark.parametrize(
    ("page", "complaint"),
    [
        (GOOD.rstrip("\n"), "page: the last line does not end"),
        (GOOD + "\n", "page: an empty line"),
        (GOOD.replace("# HELP rabbitmq_queues Queues available\n", ""), "rabbitmq_queues: no help"),
        (GOOD.replace("Queues available", " "), "rabbitmq_queues: an empty help"),
        ("# HELP x X\nx 1\n", "x: no type"),
        (GOOD + "# HELP rabbitmq_queues Again\n", "rabbitmq_queues: HELP comes after a sample"),
        ("# TYPE x gauge\n" + "# TYPE x gauge\n# HELP x X\n", "x: a second TYPE"),
        (GOOD + 'rabbitmq_queues{vhost="/"} 4\n', "rabbitmq_queues: twice the same labels"),
        (
            GOOD + GOOD.replace("queues", "others") + 'rabbitmq_queues{vhost="b"} 4\n',
            "rabbitmq_queues: its lines do not stand together",
        ),
        (GOOD + 'rabbitmq_queues{vhost="we"ird"} 4\n', "rabbitmq_queues: labels that cannot be"),
        (GOOD + 'rabbitmq_queues{a="1",a="2"} 4\n', "rabbitmq_queues: bad names of labels"),
        (GOOD + 'rabbitmq_queues{vhost="b"} four\n', "rabbitmq_queues: not a number: four"),
        (GOOD + "rabbitmq_queues\n", "rabbitmq_queues: not a sample"),
        (GOOD.replace("gauge", "number"), "rabbitmq_queues: number is no kind"),
        (GOOD.replace("gauge", "counter"), "rabbitmq_queues: counters end in _total"),
        (GOOD.replace("queues", "queues_total"), "rabbitmq_queues_total: counters end in _total"),
        (GOOD.replace("queues", "queueCount"), "rabbitmq_queueCount: names are lower case"),
        (GOOD.replace("queues", "queues_count"), "rabbitmq_queues_count: this ending belongs"),
        (GOOD.replace("queues", "gauge_queues"), "rabbitmq_gauge_queues: a name does not tell"),
        (GOOD.replace("queues", "uptime_ms"), "rabbitmq_uptime_ms: base units, written out"),
    ],
)
def test_what_is_wrong_is_told(page, complaint):
    told = lint(page)
    assert any(each.startswith(complaint) for each in told), told
