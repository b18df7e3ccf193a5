"""Names and secrets as the node and the tool see them: a host's addresses, the cookie."""

import os
import socket
from collections.abc import Iterator

from leveret.cli.ctl.asking import Asking
from leveret.cli.ctl.command import CONFIGURATION, ArgumentsRefused, Command, Given
from leveret.cli.ctl.output import as_json
from leveret.cli.ctl.refusals import Failed
from leveret.control import exits
from leveret.control.cookie import COOKIE_FILE, FILE_VARIABLE, VARIABLE, find_cookie, hash_of
from leveret.control.messages import Plain

FAMILIES = {"ipv4": "IPv4", "ipv6": "IPv6"}
UNRESOLVED = "Error:\nHostname does not resolve (resolution failed with an nxdomain)"


def check_family(given: Given) -> None:
    family = str(given.options.get("address_family", "ipv4")).lower()
    if family not in FAMILIES:
        raise ArgumentsRefused(
            f"Bad argument: unsupported IP address family {family}. Valid values are: ipv4, ipv6",
            exits.DATA,
        )


def resolve(given: Given, asking: Asking) -> None:
    host = given.words[0]
    family = str(given.options.get("address_family", "ipv4")).lower()
    if given.options.get("offline"):
        asking.announce()
        addresses = addresses_of(host, family)
    else:
        addresses = asking.value("resolve_hostname", {"hostname": host, "address_family": family})
    assert isinstance(addresses, list)
    if not addresses:
        raise Failed(exits.DATA, UNRESOLVED)
    if given.formatter == "json":
        told: Plain = {
            "address_family": FAMILIES[family], "addresses": addresses, "hostname": host,
            "node": given.node, "result": "ok",
        }  # fmt: skip
        print(as_json(told), file=asking.out)
    else:
        print("\n".join(map(str, addresses)), file=asking.out)


def addresses_of(host: str, family: str) -> Plain:
    kind = socket.AF_INET6 if family == "ipv6" else socket.AF_INET
    try:
        found = socket.getaddrinfo(host, None, kind, socket.SOCK_STREAM)
    except OSError:
        return []
    return list[Plain](sorted({str(each[4][0]) for each in found}))


def show_cookie_sources(given: Given, asking: Asking) -> None:
    """Where the tool looks for its cookie, in the order of strength. No node is asked."""
    asking.announce()
    print("\n".join(_sources(given)), file=asking.out)


def _sources(given: Given) -> Iterator[str]:
    file = given.cookie_file or os.environ.get(FILE_VARIABLE) or COOKIE_FILE
    path = os.path.expanduser(file)
    yield f"--cookie-file value set? {str(given.cookie_file is not None).lower()}"
    yield f"{VARIABLE} value set? {str(bool(os.environ.get(VARIABLE))).lower()}"
    yield f"{FILE_VARIABLE} value set? {str(bool(os.environ.get(FILE_VARIABLE))).lower()}"
    yield f"Cookie file path: {path}"
    yield f"Cookie file exists? {str(os.path.exists(path)).lower()}"
    yield f"Cookie hash: {hash_of(find_cookie(os.environ, given.cookie_file))}"


COMMANDS = (
    Command(
        name="cookie_hash",
        about="Displays a hash of the cookie (shared secret) used by the target node",
        group=CONFIGURATION,
        usage="cookie_hash",
        example="leveretctl cookie_hash -q",
        banner=lambda given: f"Asking node {given.node} its cookie hash...",
    ),
    Command(
        name="cookie_sources",
        about="Displays where leveretctl looks for the cookie: useful for troubleshooting",
        group=CONFIGURATION,
        usage="cookie_sources",
        example="leveretctl cookie_sources",
        banner=lambda _given: "Listing cookie sources used by leveretctl...",
        run=show_cookie_sources,
    ),
    Command(
        name="resolve_hostname",
        about="Resolves a hostname to a set of addresses, on the target node",
        group=CONFIGURATION,
        usage="resolve_hostname <hostname> [--address-family <ipv4 | ipv6>]",
        example="leveretctl resolve_hostname rabbit.example.org",
        parameters=("hostname",),
        options={"address_family": str, "offline": bool},
        details=(
            ("<hostname>", "hostname to resolve"),
            ("--address-family <ipv4 | ipv6>", "addresses of which kind; ipv4 by default"),
            ("--offline", "resolve it here, without asking the node"),
        ),
        banner=lambda given: (
            (
                "Resolving hostname"
                if given.options.get("offline")
                else f"Asking node {given.node} to resolve hostname"
            )
            + f" {given.words[0]} to "
            f"{'ipv6' if given.options.get('address_family') == 'ipv6' else 'IPv4'} addresses..."
        ),
        check=check_family,
        run=resolve,
    ),
)
