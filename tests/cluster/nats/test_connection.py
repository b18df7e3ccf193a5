"""JetStream's API: answers, refusals with their codes, and no answer."""

import pytest

from leveret.cluster.nats.client import Unanswered
from leveret.cluster.nats.connection import STREAM_NOT_FOUND, ApiError, ask, request


def test_the_api_answers(play_client):
    async def scene(client):
        assert (await ask(client, "INFO"))["type"].endswith("account_info_response")

    play_client(scene)


def test_the_api_refuses_with_a_code(play_client):
    async def scene(client):
        with pytest.raises(ApiError) as refused:
            await ask(client, "STREAM.INFO.LEV_absent")
        assert refused.value.code == STREAM_NOT_FOUND

    play_client(scene)


def test_what_no_stream_wants_is_unanswered(play_client):
    async def scene(client):
        with pytest.raises(Unanswered):
            await request(client, "lev.log.absent.b.r", b"x")

    play_client(scene)
