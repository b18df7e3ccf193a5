"""leveretctl's commands on policies."""

import pytest

from leveret.control import exits

pytestmark = pytest.mark.usefixtures("node")


@pytest.mark.parametrize(
    ("setting", "listing", "clearing", "what"),
    [
        ("set_policy", "list_policies", "clear_policy", "policy"),
        (
            "set_operator_policy",
            "list_operator_policies",
            "clear_operator_policy",
            "operator policy override",
        ),
    ],
)
def test_one_is_set_listed_and_cleared(ctl, setting, listing, clearing, what):
    definition = '{"max-length": 5}'
    told = ctl(setting, "p", "^a", definition, "--priority", "3", "--apply-to", "queues").out
    assert told == (
        f'Setting {what} "p" for pattern "^a" to "{definition}" with priority "3" '
        'for vhost "/" ...\n'
    )
    assert ctl(listing, "-s").out == '/\tp\t^a\tqueues\t{"max-length":5}\t3\n'
    told = ctl(clearing, "p").out
    assert told == f'Clearing {what.removesuffix(" override")} "p" on vhost "/" ...\n'


def test_mirrors_are_removed(ctl):
    ctl("set_policy", "p", "^a", '{"ha-mode": "all"}')
    told = ctl("remove_classic_queue_mirroring_from_policies").out
    assert told.startswith("Will remove keys that enable classic queue mirroring from all")
    assert ctl("list_policies", "-s").out == "\n"


def test_those_that_match(ctl):
    ctl("set_policy", "p", "^amq", '{"alternate-exchange": "x"}', "--apply-to", "exchanges")
    matching = ctl("list_policies_that_match", "amq.topic", "--object-type", "exchange")
    assert matching.out.splitlines()[::2] == [
        "Listing policies that match exchange 'amq.topic' in vhost '/' ...",
        '/\tp\t^amq\texchanges\t{"alternate-exchange":"x"}\t0',
    ]
    assert ctl("list_policies_that_match", "x", "--object-type", "user").code == exits.DATA
