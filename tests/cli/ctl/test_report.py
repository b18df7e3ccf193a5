"""`leveretctl report`: what other commands print, in one, without secrets."""

import stat
import tarfile

import pytest

from leveret.cli.ctl import names, report
from leveret.cli.ctl.command import MONITORING, Command
from leveret.control import exits

pytestmark = pytest.mark.usefixtures("node")


@pytest.fixture
def only_vhosts(monkeypatch):
    """The commands whose verbs the node of these tests has."""
    monkeypatch.setattr(report, "OF_THE_NODE", ("list_vhosts",))
    monkeypatch.setattr(report, "OF_A_VHOST", ("list_vhosts", "no_such_command"))


@pytest.mark.usefixtures("only_vhosts")
def test_what_commands_print_one_after_the_other(ctl):
    ctl("add_vhost", "a/b")
    told = ctl("report")
    assert (told.code, told.err) == (0, "")
    assert told.out.startswith("Reporting server status of node leveret@localhost ...\n\n")
    # Once of the node, and once of each of two virtual hosts.
    assert told.out.count("Listing vhosts ...\nname\n/\na/b\n") == 3


@pytest.mark.usefixtures("only_vhosts")
def test_an_archive_that_only_its_owner_can_read(ctl, tmp_path):
    ctl("add_vhost", "../../etc")
    file = tmp_path / "report.tar.gz"
    told = ctl("report", "--file", str(file))
    assert told.out.endswith(f"The report is in {file}\n")
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    with tarfile.open(file) as archive:
        inside = {name.partition("/")[2] for name in archive.getnames()}
        assert inside == {
            "list_vhosts.txt",
            "vhost-1/list_vhosts.txt",
            "vhost-2/list_vhosts.txt",
        }
        first = archive.extractfile(archive.getnames()[0]).read().decode()
    assert first == "Listing vhosts ...\nname\n/\n../../etc\n"


@pytest.mark.usefixtures("only_vhosts")
def test_a_file_that_is_there_is_left_alone(ctl, tmp_path):
    file = tmp_path / "report.tar.gz"
    file.write_text("mine")
    told = ctl("report", "--file", str(file))
    assert told.code == exits.SOFTWARE
    assert told.err == f"Error:\ncannot write {file}: File exists\n"
    assert file.read_text() == "mine"


@pytest.mark.usefixtures("only_vhosts")
def test_secrets_do_not_get_into_it(ctl):
    ctl("add_vhost", "a", "--description", "amqp://app:s3cret@hare")
    assert "s3cret" in ctl("list_vhosts", "description").out
    ctl("add_vhost", "password=s3cret")
    told = ctl("report").out
    assert "s3cret" not in told
    assert "password=***" in told


@pytest.mark.usefixtures("only_vhosts")
def test_a_part_that_cannot_be_had_hides_no_other(ctl, monkeypatch):
    broken = Command(
        name="no_such_verb", about="", group=MONITORING, usage="no_such_verb", example=""
    )
    known = names.find
    monkeypatch.setattr(report, "OF_THE_NODE", ("no_such_verb", "list_vhosts"))
    monkeypatch.setattr(
        names, "find", lambda name: broken if name == "no_such_verb" else known(name)
    )
    told = ctl("report")
    assert told.code == 0
    assert "does not know the command 'no_such_verb'" in told.out
    assert "Listing vhosts" in told.out


def test_a_stopped_application_is_said(ctl):
    ctl("stop_app")
    told = ctl("report")
    assert told.code == exits.USAGE
    assert "requires the 'leveret' app to be running" in told.err


def test_the_settings_are_in_it_and_their_secrets_are_not(ctl):
    told = ctl("report")
    assert told.code == 0
    assert "Application environment of node" in told.out
    assert "default_pass = ***" in told.out
    assert "Listing permissions for vhost" in told.out
