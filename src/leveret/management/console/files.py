"""The console's files, as its build has left them (`make ui`), and what a browser may do with them.

Rule: nothing is served but what the build made, and nothing it made may load, run or send anything
that is not this node's.
"""

from __future__ import annotations

import mimetypes
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Final

from leveret.management.answers import Done, NotThere, Raw
from leveret.management.resource import ANYBODY, Resource

if TYPE_CHECKING:
    from collections.abc import Mapping

    from leveret.management.answers import Answer
    from leveret.management.call import Call

BUILT: Final = Path(__file__).parent / "built"
HTML: Final = "text/html; charset=utf-8"
SAFETY: Final[Mapping[str, str]] = {
    "content-security-policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
        "connect-src 'self'; worker-src 'self'; base-uri 'none'; form-action 'none'; "
        "frame-ancestors 'none'"
    ),
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
}
# The names of assets change with what is in them.
FOR_EVER: Final = {"cache-control": "public, max-age=31536000, immutable"}
ANEW: Final = {"cache-control": "no-cache"}
NOT_BUILT: Final = b"""<!doctype html>
<html lang="en"><title>Leveret</title>
<p>This node runs from a source tree in which the console has not been built: <code>make ui</code>
builds it. The HTTP API works without: <a href="api/index.html">what it has</a>.
"""


def show_page(call: Call) -> Answer:
    prefix = call.host.settings.http.path_prefix
    if not call.arrival.path.endswith("/"):
        # The page names its files by where it is.
        return Done(301, {"location": prefix + "/"})
    page = _built().get("index.html", NOT_BUILT)
    return Raw(page, HTML, {**SAFETY, **ANEW})


def show_asset(call: Call) -> Answer:
    name = f"assets/{call.path['name']}"
    content = _built().get(name)
    if content is None:
        raise NotThere
    kind = mimetypes.guess_type(name)[0] or "application/octet-stream"
    return Raw(content, kind, {**SAFETY, **FOR_EVER})


@cache
def _built() -> Mapping[str, bytes]:
    """By path below the build; some 200 KB."""
    files = (each for each in BUILT.rglob("*") if each.is_file())
    return {each.relative_to(BUILT).as_posix(): each.read_bytes() for each in files}


PAGES: Final = (
    Resource("/", ANYBODY, "The console.", get=show_page),
    Resource("/assets/{name}", ANYBODY, "A file of the console.", get=show_asset),
)
