"""The description: every resource with its methods, who may ask, what is asked and answered."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from leveret.management.openapi.bodies import BODIES, DEFINED, FORMS, LOGINS, TABLE
from leveret.management.openapi.parameters import in_path, in_query, is_list
from leveret.management.resource import ANYBODY, VHOST
from leveret.version import VERSION

if TYPE_CHECKING:
    from collections.abc import Sequence

    from leveret.management.resource import Needs, Resource

Document = dict[str, Any]

ABOUT: Final = """\
RabbitMQ's management API, as Leveret has it. A user needs the tag that the operation names: \
administrator is more than policymaker and monitoring, these are more than management. \
A slash in a name is sent as %2F."""
REASON: Final[Document] = {
    "type": "object",
    "properties": {"error": {"type": "string"}, "reason": {}},
    "required": ["error", "reason"],
}
REFUSALS: Final = {
    "400": "The request makes no sense here: the reason says why.",
    "401": "Nobody is logged in, or this user may not.",
    "404": "What the path names is not there.",
    "405": "There is a resource, but not with this method.",
    "413": "The body is too large.",
    "415": "The body is in no form that is understood here.",
}
# The status says it all.
WORDLESS: Final = {"405", "415"}
ANSWERS: Final = {
    "GET": {"200": "What is there."},
    "PUT": {"201": "It is made.", "204": "It was there, and is as it was asked for."},
    "POST": {
        "200": "It is done; this came of it.", "201": "It is made.", "204": "It is done.",
    },
    "DELETE": {"204": "It is gone."},
}  # fmt: skip
PAGE: Final[Document] = {
    "type": "object",
    "properties": {
        "items": {"type": "array", "items": TABLE},
        **{
            name: {"type": "integer"}
            for name in (
                "page", "page_count", "page_size", "item_count", "filtered_count", "total_count",
            )
        },
    },
    "required": ["items", "page", "page_count", "total_count"],
}  # fmt: skip


def describe(resources: Sequence[Resource], prefix: str = "") -> Document:
    """The OpenAPI document. prefix: what comes before /api."""
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Leveret's management API",
            "version": VERSION,
            "description": ABOUT,
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "servers": [{"url": f"{prefix}/api"}],
        "security": [{"login": []}],
        "paths": {resource.path: _described(resource) for resource in resources},
        "components": {
            "securitySchemes": {"login": {"type": "http", "scheme": "basic"}},
            "schemas": {"Refusal": REASON, "Page": PAGE},
        },
    }


def _described(resource: Resource) -> Document:
    methods = {method.lower(): _operation(resource, method) for method in resource.handlers}
    return {"summary": resource.about, "parameters": in_path(resource.path), **methods}


def _operation(resource: Resource, method: str) -> Document:
    path, needs = resource.path, resource.needs_for(method)
    told: Document = {
        "operationId": f"{method.lower()} {path}",
        "summary": resource.about,
        "description": _who(needs),
        "tags": [path.split("/")[1]],
        "parameters": in_query(path, method),
        "responses": {**_answers(path, method), **_refusals(path, needs)},
    }
    if needs is ANYBODY:
        told["security"] = []
    body = BODIES.get(path, {}).get(method)
    if body is not None:
        kind = "application/x-www-form-urlencoded" if path in FORMS else "application/json"
        told["requestBody"] = {"required": "required" in body, "content": {kind: {"schema": body}}}
    return told


def _who(needs: Needs) -> str:
    if not needs.tags:
        return "For anybody." if needs is ANYBODY else "For every user."
    tags = "Needs one of the tags " + ", ".join(sorted(needs.tags))
    return f"{tags}, and permissions in the vhost." if needs is VHOST else f"{tags}."


def _answers(path: str, method: str) -> Document:
    told = dict(ANSWERS[method])
    if path.startswith("/health/checks/"):
        told["503"] = "Something is wrong: the reason says what."
    return {
        status: {"description": about, **_content(path, method, status)}
        for status, about in told.items()
    }


def _content(path: str, method: str, status: str) -> Document:
    if status in {"201", "204"}:
        return {}
    schema: Document = {}
    if method == "GET" and is_list(path):
        schema = {
            "anyOf": [{"type": "array", "items": TABLE}, {"$ref": "#/components/schemas/Page"}]
        }
    return {"content": {"application/json": {"schema": schema}}}


def _refusals(path: str, needs: Needs) -> Document:
    statuses = {"400", "405", "413"}
    if needs is not ANYBODY or path in LOGINS:
        statuses.add("401")
    if path in DEFINED:
        statuses.add("415")
    if "{" in path:
        statuses.add("404")
    reason = {"application/json": {"schema": {"$ref": "#/components/schemas/Refusal"}}}
    return {
        status: {
            "description": REFUSALS[status],
            **({} if status in WORDLESS else {"content": reason}),
        }
        for status in sorted(statuses)
    }
