"""The whole look: one thing that is amiss hides no other."""

import pytest
from tests.server.secured import Pki

from leveret.cli.doctor.examination import cookie_file_of, examine, read_settings, wanted
from leveret.cli.doctor.finding import Health
from leveret.config import Listener
from leveret.config.settings import settings_of


def read(tmp_path, **environ):
    return read_settings({"data_dir": str(tmp_path)}, environ)


def test_settings_that_can_be_read_say_from_where(tmp_path):
    assert read(tmp_path).finding.told == "no leveret.conf, defaults are used"
    file = tmp_path / "leveret.conf"
    file.write_text("listeners.tcp.default = 7777\n")
    found = read(tmp_path)
    assert found.finding.told == f"{file} can be used"
    assert found.settings.addresses == (Listener(port=7777),)
    named = read_settings({"data_dir": str(tmp_path), "config": str(file)}, {})
    assert named.finding.told == f"{file} can be used"


def test_settings_that_cannot_be_read_are_told_and_the_rest_is_looked_at(tmp_path):
    (tmp_path / "leveret.conf").write_text("listeners.tcp.default = often\n")
    found = read(tmp_path)
    assert found.finding.health is Health.FAILED
    assert found.finding.told.startswith("leveret.conf:1: listeners.tcp.default")
    assert found.settings.data_dir == tmp_path
    assert found.settings.addresses == (Listener(),)


def test_even_with_a_name_that_is_none(tmp_path):
    found = read_settings({"data_dir": str(tmp_path), "node": "no name"}, {})
    assert found.finding.told.startswith("--node: bad value")
    assert found.settings.data_dir == tmp_path


def test_everything_is_looked_at(tmp_path):
    settings = settings_of({"data_dir": tmp_path, "bind": "127.0.0.1", "port": 0})
    subjects = [found.subject for found in examine(settings, tmp_path / "cookie")]
    assert subjects == [
        "data directory",
        "file system",
        "disk",
        "cookie",
        *["port 0"] * 4,
        "interpreter",
        "open files",
        "memory",
        "clock",
    ]


@pytest.mark.parametrize(("tls_port", "count"), [(None, 0), (0, 2)])
def test_tls_is_looked_at_where_it_is_spoken(tmp_path, tls_port, count):
    pki = Pki(tmp_path)
    chosen = {
        "data_dir": tmp_path,
        "port": 0,
        "tls_port": tls_port,
        "certfile": pki.certfile,
        "keyfile": pki.keyfile,
    }
    names = {"certfile": "ssl_options.certfile", "keyfile": "ssl_options.keyfile"}
    (tmp_path / "leveret.conf").write_text(
        "".join(f"{key} = {chosen.pop(name)}\n" for name, key in names.items())
    )
    flags = {"data_dir": str(tmp_path), "port": "0"}
    if tls_port is not None:
        flags["tls_port"] = str(tls_port)
    settings = read_settings(flags, {}).settings
    subjects = [found.subject for found in examine(settings, tmp_path / "cookie")]
    assert len({"certificate", "private key"} & set(subjects)) == count


def test_each_address_names_the_flag_that_moves_it():
    told = wanted(settings_of({"port": 1, "tls_port": 2, "http_management_tls_port": 3}))
    assert [(each.address.port, each.flag) for each in told] == [
        (1, "--port"),
        (2, "--tls-port"),
        (10_001, "--management-port"),
        (3, "management.ssl.port"),
        (10_021, "--prometheus-port"),
        (20_001, "--node-port"),
    ]


def test_nowhere_to_listen(tmp_path):
    (tmp_path / "leveret.conf").write_text("listeners.tcp = none\n")
    found = read(tmp_path)
    assert found.finding.health is Health.FAILED
    assert "nowhere to listen" in found.finding.told
    assert wanted(found.settings) == []


def test_the_cookie_is_looked_at_where_the_node_keeps_it(tmp_path):
    named = settings_of({"cookie_file": tmp_path / "mine"})
    assert cookie_file_of(named, {"LEVERET_COOKIE": "secret"}) == tmp_path / "mine"
    usual = settings_of({})
    assert cookie_file_of(usual, {}).name == ".leveret.cookie"
    assert cookie_file_of(usual, {"LEVERET_COOKIE": "secret"}) is None
    subjects = [found.subject for found in examine(settings_of({"data_dir": tmp_path}), None)]
    assert "cookie" not in subjects
