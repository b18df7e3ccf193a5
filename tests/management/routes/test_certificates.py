"""GET /health/checks/certificate-expiration."""

import pytest

from tests.management.routes.living import living
from tests.server.secured import Pki

CHECK = "/health/checks/certificate-expiration"
OK = {"status": "ok"}


@pytest.fixture(scope="module")
def pki(tmp_path_factory):
    pki = Pki(tmp_path_factory.mktemp("pki"))
    pki.renew(days=(-1, 10))
    return pki


@pytest.fixture(scope="module")
def secure(pki):
    with living(tls=pki.options(), tls_port=0) as live:
        yield live


@pytest.mark.parametrize("within", ["1/days", "1/weeks", "0/years", "-1/months", "9/DAYS"])
def test_what_ends_later_is_well(secure, within):
    assert secure.get(f"{CHECK}/{within}") == OK


@pytest.mark.parametrize(
    ("within", "ca_ends"), [("11/days", 0), ("2/weeks", 0), ("1/months", 0), ("2/years", 1),
                            ("999999999/years", 1)]
)  # fmt: skip
def test_what_ends_soon_fails(secure, pki, within, ca_ends):
    reply = secure.ask("GET", f"{CHECK}/{within}")
    assert (reply.status, reply.body["reason"]) == (503, "Certificates expiring")
    (told,) = reply.body["expired"]
    assert (told["protocol"], told["node"]) == ("amqp/ssl", secure.node)
    assert (told["certfile"], told["cacertfile"]) == (str(pki.certfile), str(pki.ca_file))
    assert len(told["certfile_expires_on"]) == 1
    assert len(told["cacertfile_expires_on"]) == ca_ends


def test_a_node_without_certificates_has_none_to_end(live):
    assert live.get(f"{CHECK}/100/years") == OK


@pytest.mark.parametrize(
    ("within", "reason"),
    [
        ("x/days", "Invalid expiration value."),
        ("1/day", "Time unit not recognised. Supported units: days, weeks, months, years."),
    ],
)
def test_what_is_no_time_is_refused(live, within, reason):
    reply = live.ask("GET", f"{CHECK}/{within}")
    assert (reply.status, reply.body) == (400, {"error": "bad_request", "reason": reason})
