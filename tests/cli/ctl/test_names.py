"""The index of commands and their modules say the same."""

import pytest

from leveret.cli.ctl import absent, names
from leveret.cli.ctl.command import GROUPS


@pytest.mark.parametrize("module", names.MODULES)
def test_the_index_names_what_a_module_has(module):
    assert names.MODULES[module] == tuple(sorted(each.name for each in names.commands_of(module)))


def test_each_name_is_there_once_and_found():
    everything = [name for inside in names.MODULES.values() for name in inside]
    assert len(everything) == len(set(everything))
    assert [names.find(name).name for name in names.known()] == names.known()
    assert names.find("nosuch") is None


def test_every_command_has_a_heading_and_an_example_of_itself():
    for command in names.all_commands():
        assert command.group in GROUPS, command.name
        assert f"leveretctl {command.name}" in command.example
        assert command.usage.startswith(command.name)
        assert command.about
        assert set(command.usual_columns) <= set(command.columns)


def test_what_is_there_is_not_said_to_be_absent():
    assert not set(names.known()) & absent.ABSENT.keys()
