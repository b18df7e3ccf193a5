"""What another node is answered, and who it may ask for."""

import asyncio
import json
from dataclasses import replace
from urllib.parse import quote

import msgspec

from leveret.management.elsewhere.asking import Reply, encode
from leveret.management.question import Question


def reply_of(pair, question):
    octets = asyncio.run(pair.peers["mouse"].desks["hare"]["http"](encode(question)))
    return msgspec.msgpack.decode(octets, type=Reply)


def test_a_question_is_answered_like_a_request(pair):
    reply = reply_of(pair, Question("GET", "/cluster-name", user="ada"))
    assert (reply.status, reply.content_type) == (200, "application/json")
    assert reply.content == b'{"name":"hare"}'


def test_who_asks_needs_no_password_here_but_his_tags(pair):
    assert reply_of(pair, Question("GET", "/whoami", user="nobody")).status == 401
    pair.add_user("eve", "management")
    assert reply_of(pair, Question("GET", "/whoami", user="eve")).status == 200
    assert reply_of(pair, Question("GET", "/nodes", user="eve")).status == 401


def test_a_refusal_comes_as_it_is(pair):
    reply = reply_of(pair, Question("GET", "/queues/%2F/none", user="ada"))
    assert reply.status == 404
    assert reply.content == b'{"error":"Object Not Found","reason":"Not Found"}'


def test_each_tells_of_its_own_alone(pair):
    pair.declare("q")
    asked = Question("GET", "/queues", user="ada", wants_rows=True, query="columns=name")
    assert reply_of(pair, asked).content == b'{"total":1,"filtered":1,"rows":[{"name":"q"}]}'
    mouse = pair.peers["hare"].desks["mouse"]["http"]
    told = asyncio.run(mouse(encode(asked)))
    assert b'{"total":0,"filtered":0,"rows":[]}' in told


def test_a_long_answer_comes_whole(pair):
    client = pair.hare.client()
    for _ in range(200):
        client.channel()
    ((name,),) = pair.ctl("hare", "list_connections", columns=["name"])
    asked = Question("GET", f"/connections/{quote(name)}/channels", user="ada")
    reply = reply_of(pair, asked)
    assert len(reply.content) > 65536
    assert len(json.loads(reply.content)) == 200


def test_the_api_is_found_below_any_prefix(pair):
    host = pair.hosts["hare"]
    host.settings = replace(host.settings, http=replace(host.settings.http, path_prefix="/rabbit"))
    assert reply_of(pair, Question("GET", "/whoami", user="ada")).status == 200
