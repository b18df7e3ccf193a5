"""Asking other nodes, and what their replies are here."""

import asyncio

import pytest

from leveret.management.answers import Done, HttpRefused, Raw
from leveret.management.elsewhere.asking import (
    Reply,
    answered,
    ask_all,
    decode_question,
    encode,
    value_of,
)
from leveret.management.question import Question
from leveret.peers import PeerAbsent


class HandPeers:
    def __init__(self, **replies):
        self.replies = replies

    async def ask(self, node, verb, body):
        assert verb == "http"
        assert decode_question(body).path == "/queues"
        reply = self.replies[node]
        if isinstance(reply, Exception):
            raise reply
        return encode(reply)


def test_a_question_comes_to_the_other_node_whole():
    asked = Question("PUT", "/queues/%2F/q", "a=b", "ada", {"x-reason": "bye"}, b"{}", True)
    assert decode_question(encode(asked)) == asked


def test_who_does_not_answer_is_missing_among_those_who_do():
    there, gone = Reply(200, b"[]"), PeerAbsent("owl")
    peers = HandPeers(hare=there, owl=gone)
    asked = Question("GET", "/queues")
    assert asyncio.run(ask_all(peers, frozenset({"hare", "owl"}), asked)) == {"hare": there}


def test_a_mistake_of_ours_is_no_absence():
    peers = HandPeers(hare=ValueError("ours"))
    with pytest.raises(ValueError, match="ours"):
        asyncio.run(ask_all(peers, frozenset({"hare"}), Question("GET", "/queues")))


def test_a_reply_becomes_the_answer():
    assert answered(Reply(204)) == Done(204)
    reply = Reply(404, b'{"error":"x"}', "application/json")
    assert answered(reply) == Raw(reply.content, "application/json", status=404)


def test_a_refusal_is_raised_again():
    assert value_of(Reply(200, b'{"a":1}')) == {"a": 1}
    with pytest.raises(HttpRefused) as refused:
        value_of(Reply(404, b'{"error":"Object Not Found","reason":"Not Found"}'))
    assert (refused.value.status, refused.value.reason) == (404, "Not Found")
