"""What the API says of itself, and the script that speaks it; nobody needs to log in.

/api/openapi.json for programs, /api/index.html for people, /cli/rabbitmqadmin for shells.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Final

from leveret.management.answers import Done, Json, Raw
from leveret.management.openapi.document import describe
from leveret.management.openapi.page import page_of_api, page_of_script
from leveret.management.resource import ANYBODY, Resource

if TYPE_CHECKING:
    from collections.abc import Sequence

    from leveret.management.answers import Answer, Handler
    from leveret.management.call import Call

HTML: Final = "text/html; charset=utf-8"
SCRIPT: Final = Path(__file__).parents[1] / "rabbitmqadmin.py"


def description_of(resources: Sequence[Resource]) -> tuple[Resource, ...]:
    """The resource that describes these, and itself."""

    def show(call: Call) -> Answer:
        return Json(describe([*resources, itself], _prefix(call)))

    itself = Resource("/openapi.json", ANYBODY, "This description, in OpenAPI 3.1.", get=show)
    return (itself,)


def pages_of(resources: Sequence[Resource]) -> tuple[Resource, ...]:
    """The pages beside the API."""

    def show_api(call: Call) -> Answer:
        return Raw(page_of_api(resources, _prefix(call)).encode(), HTML)

    to_api, to_script = _redirect_to("/api/index.html"), _redirect_to("/cli/index.html")
    return (
        Resource("/api", ANYBODY, "To the page about the API.", get=to_api),
        Resource("/api/index.html", ANYBODY, "All resources, for people.", get=show_api),
        Resource("/doc/stats.html", ANYBODY, "To the page about the API.", get=to_api),
        Resource("/cli", ANYBODY, "To the page about rabbitmqadmin.", get=to_script),
        Resource("/cli/index.html", ANYBODY, "About rabbitmqadmin.", get=show_cli),
        Resource("/cli/rabbitmqadmin", ANYBODY, "The script itself.", get=show_script),
    )


def show_cli(call: Call) -> Answer:
    return Raw(page_of_script(_prefix(call)).encode(), HTML)


def show_script(_call: Call) -> Answer:
    return Raw(_script(), "application/octet-stream")


@cache
def _script() -> bytes:
    return SCRIPT.read_bytes()


def _redirect_to(path: str) -> Handler:
    def redirect(call: Call) -> Answer:
        return Done(301, {"location": _prefix(call) + path})

    return redirect


def _prefix(call: Call) -> str:
    return call.host.settings.http.path_prefix
