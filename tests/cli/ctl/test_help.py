"""Help is there for every command, with an example."""

from leveret.cli.ctl import help as ctl_help
from leveret.cli.ctl import names


def test_of_each_command():
    for command in names.all_commands():
        told = ctl_help.help_of(command)
        assert command.example in told
        assert f"leveretctl [--node <node>] [--longnames] [--quiet] {command.usage}" in told
        for written, meaning in command.details:
            assert f"{written}\n\t{meaning}\n" in told


def test_of_a_listing_it_names_the_columns():
    told = ctl_help.help_of(names.find("list_vhosts"))
    assert (
        "must be one of cluster_state, default_queue_type, description, metadata, name, tags"
        in told
    )


def test_of_all():
    told = ctl_help.overview()
    for command in names.all_commands():
        assert f"   {command.name} " in told
        assert command.about in told
