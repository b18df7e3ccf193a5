"""The description as a page for people, and the page about rabbitmqadmin."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Sequence

    from leveret.management.resource import Needs, Resource

_PAGE: Final = """\
<!DOCTYPE html>
<html lang="en">
<meta charset="utf-8">
<title>{title}</title>
<style>
  body {{ font: 14px sans-serif; margin: 2em; max-width: 80em }}
  td {{ padding: 0.2em 1em 0.2em 0; vertical-align: top }}
</style>
<h1>{title}</h1>
{content}
</html>
"""
_ABOUT_API: Final = """\
<p>Below <code>{prefix}/api</code>; every GET answers HEAD too, every path OPTIONS. For programs:
<a href="{prefix}/api/openapi.json">openapi.json</a>. From a command line:
<a href="{prefix}/cli/index.html">rabbitmqadmin</a>.</p>
<table>
<tr><th>Path<th>Methods<th>For<th>
{rows}
</table>"""
_ABOUT_SCRIPT: Final = """\
<p><code>rabbitmqadmin</code> manages this node from a command line, over its HTTP API. It is one
file that needs Python 3.7 or later and nothing else.</p>
<ul>
<li><a href="{prefix}/cli/rabbitmqadmin">Fetch it</a>, put it on your PATH, make it executable.
<li><code>rabbitmqadmin help subcommands</code> says what it does.
<li><code>rabbitmqadmin --bash-completion</code> prints what bash needs to complete its words.
</ul>"""


def page_of_api(resources: Sequence[Resource], prefix: str) -> str:
    content = _ABOUT_API.format(prefix=escape(prefix), rows="\n".join(map(_row, resources)))
    return _PAGE.format(title="Leveret's management API", content=content)


def page_of_script(prefix: str) -> str:
    return _PAGE.format(title="rabbitmqadmin", content=_ABOUT_SCRIPT.format(prefix=escape(prefix)))


def _row(resource: Resource) -> str:
    who = ", ".join(dict.fromkeys(_who(resource.needs_for(m)) for m in resource.handlers))
    cells = (resource.path, " ".join(resource.handlers), who, resource.about)
    return "<tr>" + "".join(f"<td>{escape(cell)}" for cell in cells)


def _who(needs: Needs) -> str:
    return needs.name.lower()
