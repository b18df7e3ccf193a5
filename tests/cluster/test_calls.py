"""What one node refuses another, and what the other hears."""

import pytest

from leveret.cluster.calls import REFUSED, as_refusals, refuse_unless_running
from leveret.cluster.links.ports import LinkDown, Overdue, PeerRefused
from leveret.cluster.members.roll import MembershipRefused


class Member:
    node = "leveret@hare"

    def __init__(self, application):
        self.owner = self
        self.application = application


def test_only_a_node_whose_application_runs_takes_part():
    refuse_unless_running(Member(object()))
    with pytest.raises(PeerRefused) as refused:
        refuse_unless_running(Member(None))
    assert refused.value.code == REFUSED
    assert refused.value.text == "the application of leveret@hare does not run: start_app"


@pytest.mark.parametrize(
    ("error", "reason", "text"),
    [
        (LinkDown("hare cannot be reached"), "unreachable", "hare cannot be reached"),
        (Overdue("no answer"), "overdue", "no answer"),
        (PeerRefused(REFUSED, "not now"), "refused", "not now"),
    ],
)
def test_whatever_a_call_comes_to_is_a_refusal(error, reason, text):
    with pytest.raises(MembershipRefused) as refused, as_refusals():
        raise error
    assert (refused.value.reason, str(refused.value)) == (reason, text)


def test_what_is_none_goes_through():
    with pytest.raises(ValueError, match="mine"), as_refusals():
        raise ValueError("mine")
