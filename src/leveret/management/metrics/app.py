"""What the Prometheus port serves."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from starlette.applications import Starlette
from starlette.responses import Response
from starlette.routing import Route

from leveret.version import VERSION

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.types import ASGIApp

    from leveret.management.host import Host

TEXT: Final = "text/plain; version=0.0.4; charset=utf-8"


def make_metrics_app(host: Host) -> ASGIApp:
    """The metrics of a running application."""

    async def metrics(_request: Request) -> Response:
        told = f'product_name="Leveret",product_version="{VERSION}"'
        lines = (
            "# TYPE rabbitmq_build_info untyped",
            "# HELP rabbitmq_build_info RabbitMQ & Erlang/OTP version info",
            f'rabbitmq_build_info{{rabbitmq_version="{host.settings.product_version}",{told}}} 1',
        )
        return Response("\n".join(lines) + "\n", media_type=TEXT)

    return Starlette(routes=[Route("/metrics", metrics)])
