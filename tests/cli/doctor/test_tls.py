"""The files of TLS, as a start would find them."""

import pytest
from tests.server.secured import Pki

from leveret.cli.doctor.finding import Health
from leveret.cli.doctor.tls import certificate, key, look_at_tls, of_https
from leveret.config.settings import settings_of


@pytest.fixture
def pki(tmp_path):
    return Pki(tmp_path)


def expiring(pki, days):
    party = pki.ca.vouch_for("localhost", days=(-100, days))
    file, _key = party.write(pki.directory, "expiring")
    return pki.options(certfile=file)


def test_files_that_a_start_would_take(pki):
    pki.keyfile.chmod(0o400)
    assert [found.health for found in look_at_tls(pki.options())] == [Health.WELL, Health.WELL]


def test_files_that_a_start_would_refuse(pki):
    pki.keyfile.unlink()
    (found,) = look_at_tls(pki.options())
    assert found.health is Health.FAILED
    assert found.told.startswith(f"ssl_options.keyfile: {pki.keyfile} cannot be read")


@pytest.mark.parametrize(
    ("days", "health"), [(-1, Health.FAILED), (29, Health.WARNING), (100, Health.WELL)]
)
def test_a_certificate_has_its_time(pki, days, health):
    assert certificate(expiring(pki, days)).health is health


def test_a_certificate_whose_time_cannot_be_told(pki):
    pki.certfile.write_text("no certificate")
    assert certificate(pki.options()).health is Health.WARNING


def test_a_key_that_everybody_can_read(pki):
    pki.keyfile.chmod(0o644)
    assert key(pki.options()).advice == f"chmod 400 {pki.keyfile}"
    pki.keyfile.chmod(0o640)
    assert key(pki.options()).health is Health.WELL


def test_the_management_api_has_files_of_its_own_or_amqps(pki):
    (pki.directory / "http").mkdir()
    own, own_key = pki.ca.vouch_for("localhost").write(pki.directory / "http", "own")
    amqp = {"tls_certfile": pki.certfile, "tls_keyfile": pki.keyfile, "tls_is_verifying": True}
    shared = of_https(settings_of(amqp))
    assert (shared.certfile, shared.is_verifying) == (pki.certfile, False)
    own_key.chmod(0o400)
    http = {"http_management_certificate": own, "http_management_key": own_key}
    told = list(look_at_tls(of_https(settings_of(amqp | http)), "management API: "))
    assert [found.health for found in told] == [Health.WELL, Health.WELL]
    assert told[0].told.startswith(f"management API: {own} expires in ")
