"""The file that nats-server reads: that it takes it, and what it says."""

import dataclasses
import json
import stat
import subprocess
from pathlib import Path

import pytest

from leveret.cluster.engine.binary import find_engine
from leveret.cluster.engine.conf import conf_text, write_conf
from leveret.cluster.engine.passwords import Passwords
from leveret.cluster.engine.plan import EngineMember, Plan, RouteTls
from leveret.errors import StartRefused
from tests.cluster.engine.farm import is_installed

HARE = EngineMember("leveret@hare", 1, "127.0.1.101", 25673)
MOUSE = EngineMember("leveret@mouse", 3, "127.0.1.102", 25674)


@pytest.fixture
def plan(tmp_path):
    return Plan(
        member=HARE,
        members=(HARE, MOUSE),
        bind="127.0.1.101",
        client_port=14222,
        directory=tmp_path / "the engine's",
        passwords=Passwords.of(b"carrot"),
    )


@pytest.mark.skipif(not is_installed(), reason="nats-server is not installed")
def test_nats_server_takes_it(plan):
    write_conf(plan)
    told = subprocess.run(
        [find_engine(None), "-c", plan.conf_file, "-t"], capture_output=True, text=True, check=False
    )
    assert told.returncode == 0, told.stderr


def test_everybody_is_told_of_everybody_with_the_password_of_routes(plan):
    password = plan.passwords.route
    assert json.loads(conf_text(plan))["cluster"]["routes"] == [
        f"nats-route://leveret-route:{password}@127.0.1.101:25673",
        f"nats-route://leveret-route:{password}@127.0.1.102:25674",
    ]


def test_clients_come_from_this_machine_only(plan):
    assert json.loads(conf_text(plan))["listen"] == "127.0.0.1:14222"


def test_what_is_confirmed_is_on_the_disk(plan):
    assert json.loads(conf_text(plan))["jetstream"]["sync_interval"] == "always"


def test_without_an_address_routes_come_in_everywhere(plan):
    everywhere = dataclasses.replace(plan, bind=None)
    assert json.loads(conf_text(everywhere))["cluster"]["listen"] == "0.0.0.0:25673"


def test_tls_is_for_both_ends(plan):
    files = RouteTls(Path("node.pem"), Path("node.key"), Path("ca.pem"))
    told = json.loads(conf_text(dataclasses.replace(plan, tls=files)))["cluster"]["tls"]
    assert told["verify"] is True
    assert (told["cert_file"], told["key_file"], told["ca_file"]) == (
        "node.pem",
        "node.key",
        "ca.pem",
    )


def test_only_its_owner_reads_it_and_its_directory(plan):
    write_conf(plan)
    write_conf(plan)
    assert stat.S_IMODE(plan.conf_file.stat().st_mode) == 0o600
    assert stat.S_IMODE(plan.directory.stat().st_mode) == 0o700
    assert [each.name for each in plan.directory.iterdir()] == [plan.conf_file.name]


def test_a_place_that_cannot_be_written_is_refused(plan, tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(StartRefused, match="cannot write"):
        write_conf(dataclasses.replace(plan, directory=tmp_path / "file"))
