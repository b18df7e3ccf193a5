"""Commands of Erlang's internals say that there are none here."""

from leveret.cli.ctl.absent import ABSENT, why_absent


def test_each_says_why_and_what_instead():
    for name, (why, nearest) in ABSENT.items():
        told = why_absent(name)
        assert told.startswith(f"\nCommand '{name}' does not exist in Leveret: it {why}.")
        assert told.endswith(f"The nearest is: {nearest}\n")


def test_others_are_not_its_business():
    assert why_absent("list_users") is None
