"""Attempts to log in: listed, forgotten, tracked by their sources or not."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from leveret.control.call import Rows

if TYPE_CHECKING:
    from leveret.broker.attempts import Counts
    from leveret.control.call import Call
    from leveret.control.messages import Plain

COUNTS: Final = ("auth_attempts", "auth_attempts_failed", "auth_attempts_succeeded")
BY_PROTOCOL: Final = ("protocol", *COUNTS)
BY_SOURCE: Final = ("remote_address", "username", "protocol", *COUNTS)


def list_attempts(call: Call) -> Rows:
    attempts = call.broker.logins.attempts
    if not call.flag("by_source"):
        told = list(attempts.by_protocol.items())
        return Rows(BY_PROTOCOL, ([protocol, *_counts(counts)] for protocol, counts in told))
    by_source = list(attempts.by_source.items())
    return Rows(BY_SOURCE, ([*source, *_counts(counts)] for source, counts in by_source))


def _counts(counts: Counts) -> list[Plain]:
    return [counts.all, counts.failed, counts.succeeded]


def forget_attempts(call: Call) -> None:
    call.broker.logins.attempts.forget()


def track_sources(call: Call) -> None:
    call.broker.logins.attempts.tracks_sources = True


def track_no_sources(call: Call) -> None:
    attempts = call.broker.logins.attempts
    attempts.tracks_sources = False
    attempts.by_source.clear()


VERBS = {
    "list_node_auth_attempt_stats": list_attempts,
    "reset_node_auth_attempt_metrics": forget_attempts,
    "enable_auth_attempt_source_tracking": track_sources,
    "disable_auth_attempt_source_tracking": track_no_sources,
}
