"""What is asked about queues, exchanges, bindings and messages, one request a line, in order.

    [difference: status |] [user@] METHOD path [body]

A line whose answers may differ says which of OBJECT_DIFFERENCES it is (differences.py), and what
Leveret answers. `{node}` stands for the node's name. All of it happens in the vhosts ob and ob2,
which are new for each topic; the users (USERS) have the password `p`. What RabbitMQ takes and
Leveret does not comes last, since it leaves its traces.
"""

# ruff: noqa: E501  # A request is a line, however long.
LONG = "x" * 300

QUEUES = """
PUT /queues/ob/q
GET /queues/ob/q?columns=name,durable,auto_delete,exclusive,arguments,type,vhost
PUT /queues/ob/q {}
PUT /queues/ob/q null
PUT /queues/ob/q []
PUT /queues/ob/q 12
PUT /queues/ob/q {bad
PUT /queues/ob/q "{}"
PUT /queues/ob/q {"durable": true}
PUT /queues/ob/q {"auto_delete": true}
PUT /queues/ob/q {"auto_delete": "true"}
PUT /queues/ob/q {"arguments": {"x-max-length": 5}}
PUT /queues/ob/q {"unknown": 1}
PUT /queues/ob/q {"node": "{node}"}
PUT /queues/ob/no {"node": "nope"}
PUT /queues/ob/no {"node": "rabbit@nope"}
crash: 400 | PUT /queues/ob/no {"node": 5}
PUT /queues/ob/no {"durable": "yes"}
PUT /queues/ob/no {"durable": 1}
PUT /queues/ob/no {"durable": null}
PUT /queues/ob/no {"auto_delete": []}
crash: 400 | PUT /queues/ob/no {"arguments": "x"}
crash: 400 | PUT /queues/ob/no {"arguments": [1]}
crash: 400 | PUT /queues/ob/no {"arguments": null}
PUT /queues/ob/no {"arguments": {"x": null}}
PUT /queues/ob/no {"arguments": {"x": {"y": [null]}}}
PUT /queues/ob/no {"arguments": {"x-message-ttl": "a"}}
PUT /queues/ob/no {"arguments": {"x-max-length": -1}}
PUT /queues/ob/no {"arguments": {"x-expires": 0}}
PUT /queues/ob/no {"arguments": {"x-queue-type": "wrong"}}
PUT /queues/ob/no {"arguments": {"x-queue-type": "quorum"}}
PUT /queues/ob/amq.foo {}
PUT /queues/none/q {}
PUT /queues/ob/LONG {}
PUT /queues/ob {}
GET /queues/ob/no
GET /queues/none/q
GET /queues/none
PUT /queues/ob/args {"durable": true, "arguments": {"x-max-length": 5, "l": [1, 2.5, "é", true, {"k": {}}]}}
GET /queues/ob/args?columns=name,durable,arguments
PUT /queues/ob/args {"durable": true, "arguments": {"x-max-length": 5}}
PUT /queues/ob/args {"durable": true, "arguments": {"x-max-length": 6}}
PUT /queues/ob/args {"durable": true}
PUT /queues/ob/empty {"arguments": []}
PUT /queues/ob/a%0Ab {}
GET /queues/ob/a%0Ab
GET /queues/ob/ab?columns=name
PUT /queues/ob/%20%2F%3F%C3%BC~ {}
GET /queues/ob/%20%2F%3F%C3%BC~?columns=name,vhost
GET /queues/ob/%20%2F%3F%C3%BC~/?columns=name
GET /queues/ob?columns=name
GET /queues/ob/?columns=name
GET /queues/ob?columns=name&sort=name&sort_reverse=true
GET /queues/ob?columns=name&page=1&page_size=2
GET /queues/ob?columns=name&page=2&page_size=2&name=a
GET /queues/ob?columns=name&page=1&name=%5Ea&use_regex=true
GET /queues/ob?columns=name&page=9
GET /queues/ob?page=0
GET /queues/ob?page=x
GET /queues/ob?page=1&page_size=501
GET /queues/ob?disable_stats=true
GET /queues/ob?disable_stats=true&enable_queue_totals=true
GET /queues/ob/args?disable_stats=true
DELETE /queues/ob/no
DELETE /queues/ob/empty?if-empty=true&if-unused=true
DELETE /queues/ob/ab?if-empty=1
DELETE /queues/ob/q/contents
DELETE /queues/ob/none/contents
DELETE /queues/none/q/contents
PUT /queues/ob/stream {"durable": true, "arguments": {"x-queue-type": "stream"}}
PUT /queues/ob/quorum {"durable": true, "arguments": {"x-queue-type": "quorum"}}
DELETE /queues/ob/stream/contents
DELETE /queues/ob/quorum?if-empty=true
DELETE /queues/ob/quorum?if-unused=true
DELETE /queues/ob/stream?if-unused=true
DELETE /queues/ob/quorum
POST /queues/ob/q/actions {"action": "sync"}
POST /queues/ob/q/actions {"action": "cancel_sync"}
POST /queues/ob/q/actions {"action": "nope"}
POST /queues/ob/q/actions {"action": 5}
POST /queues/ob/q/actions {}
POST /queues/ob/q/actions
POST /queues/ob/q/actions []
crash: 404 | POST /queues/ob/none/actions {"action": "sync"}
OPTIONS /queues
OPTIONS /queues/ob
OPTIONS /queues/ob/q
OPTIONS /queues/ob/q/contents
OPTIONS /queues/ob/q/actions
POST /queues
DELETE /queues/ob
POST /queues/ob/q
GET /queues/ob/q/contents
GET /queues/ob/q/actions
HEAD /queues/ob/none
newer: 400 | GET /queues/quorum/ob/q/status
DELETE /queues/ob/q
DELETE /queues/ob/q
lenient: 400 | PUT /queues/ob/big {"arguments": {"big": 18446744073709551616}}
lenient: 400 | PUT /queues/ob/%ff {}
"""

EXCHANGES = """
PUT /exchanges/ob/x
GET /exchanges/ob/x
PUT /exchanges/ob/x {}
PUT /exchanges/ob/x {"type": "direct"}
PUT /exchanges/ob/x {"type": "topic"}
PUT /exchanges/ob/x {"durable": true}
PUT /exchanges/ob/x {"auto_delete": true}
PUT /exchanges/ob/x {"internal": true}
PUT /exchanges/ob/x {"arguments": {"alternate-exchange": "y"}}
PUT /exchanges/ob/x {"arguments": {"other": "y"}}
PUT /exchanges/ob/x []
PUT /exchanges/ob/x {bad
PUT /exchanges/ob/no {"type": "no such type"}
PUT /exchanges/ob/no {"type": ""}
crash: 400 | PUT /exchanges/ob/no {"type": 5}
crash: 400 | PUT /exchanges/ob/no {"type": null}
PUT /exchanges/ob/no {"durable": "yes"}
PUT /exchanges/ob/no {"internal": 1}
crash: 400 | PUT /exchanges/ob/no {"arguments": "x"}
PUT /exchanges/ob/no {"arguments": {"x": null}}
PUT /exchanges/ob/no {"arguments": {"alternate-exchange": 5}}
PUT /exchanges/ob/amq.foo {}
PUT /exchanges/ob/amq.default {}
PUT /exchanges/ob/amq.direct {"type": "direct"}
PUT /exchanges/ob/amq.direct {"type": "fanout"}
PUT /exchanges/none/x {}
PUT /exchanges/ob {}
PUT /exchanges/ob/full {"type": "topic", "durable": true, "auto_delete": true, "internal": true, "arguments": {"alternate-exchange": "amq.fanout", "a": [1, {"b": 2.5}]}}
GET /exchanges/ob/full
GET /exchanges/ob/full?disable_stats=true
GET /exchanges/ob/amq.default
GET /exchanges/ob/amq.topic
GET /exchanges/ob/no
GET /exchanges/none/x
GET /exchanges/none
GET /exchanges/ob
GET /exchanges/ob?disable_stats=true
GET /exchanges/ob?columns=name,type&page=1&page_size=3
GET /exchanges/ob?columns=name,type&sort=type
DELETE /exchanges/ob/no
DELETE /exchanges/ob/amq.direct
DELETE /exchanges/ob/amq.default
DELETE /exchanges/ob/full?if-unused=true
OPTIONS /exchanges
OPTIONS /exchanges/ob
OPTIONS /exchanges/ob/x
POST /exchanges/ob/x
DELETE /exchanges/ob
DELETE /exchanges/ob/x
DELETE /exchanges/ob/x
lenient: 400 | PUT /exchanges/ob/LONG {}
"""

BINDINGS = """
PUT /queues/ob/q
PUT /queues/ob/other
PUT /queues/ob/d%20%2F%C3%BC~q
PUT /exchanges/ob/x {"internal": true}
POST /bindings/ob/e/amq.direct/q/q
POST /bindings/ob/e/amq.direct/q/q {}
POST /bindings/ob/e/amq.direct/q/q {"arguments": []}
POST /bindings/ob/e/amq.direct/q/q {"routing_key": "key"}
POST /bindings/ob/e/amq.direct/q/q {"routing_key": "a b/c~d", "arguments": {}}
POST /bindings/ob/e/amq.direct/q/q {"routing_key": "~é"}
POST /bindings/ob/e/amq.direct/q/q {"routing_key": "q", "arguments": {"z": 1, "a": "b"}}
POST /bindings/ob/e/amq.direct/q/q {"routing_key": "", "arguments": {"z": 1, "a": "b"}}
POST /bindings/ob/e/amq.direct/q/q {"arguments": {"n": [1.5, true, {"deep": {}}], "i": -5, "big": 5000000000}}
POST /bindings/ob/e/amq.headers/q/q {"arguments": {"x-match": "all", "b": {"x": [1.5, true]}}}
POST /bindings/ob/e/amq.headers/q/q {"arguments": {"x-match": "foo"}}
POST /bindings/ob/e/amq.topic/e/x {"routing_key": "a.#"}
POST /bindings/ob/e/amq.topic/q/d%20%2F%C3%BC~q {"routing_key": "k/x"}
POST /bindings/ob/e/amq.topic/q/d%20%2F%C3%BC~q/ {"routing_key": "k/x"}
crash: 400 | POST /bindings/ob/e/amq.fanout/q/other {"arguments": "x"}
crash: 400 | POST /bindings/ob/e/amq.fanout/q/other {"arguments": {"x": null}}
crash: 400 | POST /bindings/ob/e/amq.fanout/q/other {bad
crash: 400 | POST /bindings/ob/e/amq.fanout/q/other []
POST /bindings/ob/e/none/q/q {}
POST /bindings/ob/e/amq.direct/q/none {}
POST /bindings/ob/e/amq.direct/e/none {}
POST /bindings/ob/e/none/e/none {}
POST /bindings/none/e/amq.direct/q/q {}
POST /bindings/ob/e/amq.default/q/q {"routing_key": "x"}
POST /bindings/ob/e/amq.direct/e/amq.default {"routing_key": "x"}
crash: 404 | POST /bindings/ob/e/amq.direct/z/q {}
GET /bindings/ob/e/amq.direct/q/q
GET /bindings/ob/e/amq.direct/q/none
GET /bindings/ob/e/none/q/q
GET /bindings/ob/e/amq.default/q/q
GET /bindings/ob/e/amq.topic/e/x
GET /bindings/ob/e/amq.direct/q/q/~
GET /bindings/ob/e/amq.direct/q/q/key
GET /bindings/ob/e/amq.direct/q/q/key~
GET /bindings/ob/e/amq.direct/q/q/a%2Bb%252Fc%257Ed
GET /bindings/ob/e/amq.direct/q/q/a+b%2Fc%7Ed
GET /bindings/ob/e/amq.direct/q/q/a%20b%2Fc~d
GET /bindings/ob/e/amq.direct/q/q/%257E%25C3%25A9
GET /bindings/ob/e/amq.direct/q/q/q~GS70pQ
GET /bindings/ob/e/amq.direct/q/q/q~GS70pQ~
GET /bindings/ob/e/amq.direct/q/q/q~GS70pQ~x
GET /bindings/ob/e/amq.direct/q/q/q~
GET /bindings/ob/e/amq.direct/q/q/q
GET /bindings/ob/e/amq.direct/q/q/~GS70pQ
GET /bindings/ob/e/amq.direct/q/q/nope
GET /bindings/ob/e/amq.direct/q/q/%ff
GET /bindings/ob/e/amq.topic/e/x/a.%23
GET /bindings/ob/e/amq.topic/e/x/a.%2523
GET /bindings/ob/e/amq.default/q/q/q
GET /queues/ob/q/bindings
GET /queues/ob/q/bindings?page=1&page_size=2
missing: 404 | GET /queues/none/q/bindings
default: 200 | GET /queues/ob/none/bindings
GET /exchanges/ob/amq.direct/bindings/source
GET /exchanges/ob/x/bindings/destination
GET /exchanges/ob/none/bindings/source
GET /exchanges/ob/none/bindings/destination
missing: 404 | GET /exchanges/none/x/bindings/source
GET /exchanges/ob/amq.default/bindings/source
GET /bindings/ob
GET /bindings/ob?columns=source,properties_key&sort=properties_key
GET /bindings/none
DELETE /bindings/ob/e/amq.direct/q/q/nope
DELETE /bindings/ob/e/amq.direct/q/q/q~GS70pQ~x
DELETE /bindings/ob/e/amq.direct/q/q/a%2Bb%252Fc%257Ed
DELETE /bindings/ob/e/amq.direct/q/q/a%2Bb%252Fc%257Ed
DELETE /bindings/ob/e/amq.direct/q/q/q~GS70pQ
DELETE /bindings/ob/e/none/q/q/x
DELETE /bindings/ob/e/amq.direct/q/none/x
DELETE /bindings/ob/e/amq.default/q/q/q
DELETE /bindings/ob/e/amq.topic/e/x/a.%2523
DELETE /bindings/ob/e/amq.direct/q/q
PUT /bindings/ob/e/amq.direct/q/q/x {}
OPTIONS /bindings
OPTIONS /bindings/ob
OPTIONS /bindings/ob/e/amq.direct/q/q
OPTIONS /bindings/ob/e/amq.direct/e/x
OPTIONS /bindings/ob/e/amq.direct/q/q/x
OPTIONS /queues/ob/q/bindings
OPTIONS /exchanges/ob/x/bindings/source
GET /bindings/ob
DELETE /exchanges/ob/amq.direct?if-unused=true
PUT /exchanges/ob/used
POST /bindings/ob/e/used/q/q {}
DELETE /exchanges/ob/used?if-unused=true
lenient: 400 | POST /bindings/ob/e/amq.fanout/q/other {"routing_key": 5}
lenient: 400 | POST /bindings/ob/e/amq.fanout/q/other {"routing_key": null}
lenient: 400 | POST /bindings/ob/e/amq.fanout/q/other {"routing_key": "LONG"}
"""

# Publishing and getting share these words.
_PUBLISH = "POST /exchanges/ob/amq.default/publish"
_REST = '"routing_key": "q", "payload": "hi", "payload_encoding": "string"}'


def _with_property(name: str, value: str) -> str:
    return f'{_PUBLISH} {{"properties": {{"{name}": {value}}}, {_REST}'


PUBLISHING = f"""
PUT /queues/ob/q
{_PUBLISH} {{"properties": {{}}, {_REST}
{_PUBLISH} {{"properties": {{}}, "routing_key": "nowhere", "payload": "hi", "payload_encoding": "string"}}
{_PUBLISH} {{{_REST}
{_PUBLISH} {{"properties": {{}}, "payload": "hi", "payload_encoding": "string"}}
{_PUBLISH} {{"properties": {{}}, "routing_key": "q", "payload_encoding": "string"}}
{_PUBLISH} {{"properties": {{}}, "routing_key": "q", "payload": "hi"}}
{_PUBLISH} {{"routing_key": "q", "payload": "hi"}}
{_PUBLISH} {{}}
{_PUBLISH}
{_PUBLISH} {{bad
{_PUBLISH} []
{_PUBLISH} null
crash: 400 | {_PUBLISH} {{"properties": 5, {_REST}
crash: 400 | {_PUBLISH} {{"properties": [1], {_REST}
crash: 400 | {_PUBLISH} {{"properties": null, {_REST}
{_PUBLISH} {{"properties": {{}}, "routing_key": "q", "payload": 5, "payload_encoding": "string"}}
{_PUBLISH} {{"properties": {{}}, "routing_key": "q", "payload": null, "payload_encoding": "string"}}
{_PUBLISH} {{"properties": {{}}, "routing_key": "q", "payload": "hi", "payload_encoding": "zz"}}
{_PUBLISH} {{"properties": {{}}, "routing_key": "q", "payload": "hi", "payload_encoding": {{"a": 1}}}}
{_PUBLISH} {{"properties": {{}}, "routing_key": "q", "payload": "//4A", "payload_encoding": "base64"}}
{_PUBLISH} {{"properties": {{}}, "routing_key": "q", "payload": "aG k=", "payload_encoding": "base64"}}
{_PUBLISH} {{"properties": {{}}, "routing_key": "q", "payload": "!!!", "payload_encoding": "base64"}}
{_PUBLISH} {{"properties": {{}}, "routing_key": "q", "payload": "aGk", "payload_encoding": "base64"}}
{_PUBLISH} {{"properties": {{}}, "routing_key": "q", "payload": "ü\\u0000x", "payload_encoding": "string"}}
{_with_property("content_type", '"text/plain"')}
{_with_property("content_type", "5")}
{_with_property("content_type", "null")}
{_with_property("delivery_mode", "2")}
{_with_property("delivery_mode", "5")}
{_with_property("delivery_mode", "300")}
{_with_property("delivery_mode", "-1")}
{_with_property("delivery_mode", '"2"')}
{_with_property("delivery_mode", "true")}
{_with_property("priority", "5")}
{_with_property("priority", "1.5")}
{_with_property("timestamp", "1700000000")}
{_with_property("timestamp", "[1]")}
{_with_property("expiration", '"x"')}
{_with_property("expiration", "5")}
{_with_property("expiration", '"600000"')}
{_with_property("user_id", '"guest"')}
{_with_property("user_id", '"other"')}
{_with_property("nonsense", "[]")}
{_with_property("reply_to", '"amq.rabbitmq.reply-to"')}
crash: 400 | {_with_property("headers", "5")}
{_with_property("headers", '{"a": null}')}
{_with_property("headers", '{"a": [1, {"b": true}], "d": 1.5, "s": "é", "t": {}}')}
{_with_property("headers", '{"CC": ["q", "other"], "BCC": ["q"]}')}
{_with_property("headers", '{"CC": "x"}')}
{_with_property("message_id", '"m", "app_id": "a", "type": "t", "correlation_id": "c", "content_encoding": "utf-8", "cluster_id": "k"')}
POST /exchanges/ob/none/publish {{"properties": {{}}, {_REST}
missing: 404 | POST /exchanges/none/amq.direct/publish {{"properties": {{}}, {_REST}
PUT /exchanges/ob/inner {{"internal": true}}
POST /exchanges/ob/inner/publish {{"properties": {{}}, {_REST}
PUT /queues/ob/full {{"arguments": {{"x-max-length": 1, "x-overflow": "reject-publish"}}}}
{_PUBLISH} {{"properties": {{}}, "routing_key": "full", "payload": "hi", "payload_encoding": "string"}}
{_PUBLISH} {{"properties": {{}}, "routing_key": "full", "payload": "hi", "payload_encoding": "string"}}
POST /queues/ob/q/get {{"count": 100, "ackmode": "ack_requeue_true", "encoding": "auto"}}
POST /queues/ob/q/get {{"count": 100, "ackmode": "ack_requeue_false", "encoding": "base64"}}
POST /queues/ob/q/get {{"count": 100, "ackmode": "ack_requeue_false", "encoding": "auto"}}
OPTIONS /exchanges/ob/amq.default/publish
GET /exchanges/ob/amq.default/publish
lenient: 400 | {_PUBLISH} {{"properties": {{}}, "routing_key": 5, "payload": "hi", "payload_encoding": "string"}}
lenient: 400 | {_PUBLISH} {{"properties": {{}}, "routing_key": "LONG", "payload": "hi", "payload_encoding": "string"}}
lenient: 400 | {_with_property("priority", "300")}
lenient: 400 | {_with_property("priority", "-1")}
lenient: 400 | {_with_property("timestamp", "-1")}
"""


def _get(rest: str) -> str:
    return f"POST /queues/ob/q/get {rest}"


def _put(payload: str) -> str:
    return (
        f'{_PUBLISH} {{"properties": {{}}, "routing_key": "q", "payload": "{payload}", '
        '"payload_encoding": "string"}'
    )


GETTING = f"""
PUT /queues/ob/dead
PUT /queues/ob/q {{"arguments": {{"x-dead-letter-exchange": "", "x-dead-letter-routing-key": "dead"}}}}
{_put("one")}
{_put("two")}
{_put("three")}
{_get('{"count": 1, "ackmode": "ack_requeue_true", "encoding": "auto"}')}
{_get('{"count": 2, "ackmode": "reject_requeue_true", "encoding": "auto"}')}
{_get('{"count": 0, "ackmode": "ack_requeue_true", "encoding": "auto"}')}
{_get('{"count": -1, "ackmode": "ack_requeue_true", "encoding": "auto"}')}
{_get('{"count": "2", "ackmode": "ack_requeue_true", "encoding": "base64"}')}
{_get('{"count": 1.5, "ackmode": "ack_requeue_true", "encoding": "base64"}')}
{_get('{"count": 3, "ackmode": "ack_requeue_true", "encoding": "auto", "truncate": 2}')}
{_get('{"count": 3, "ackmode": "ack_requeue_true", "encoding": "base64", "truncate": "2"}')}
{_get('{"count": 3, "ackmode": "ack_requeue_true", "encoding": "auto", "truncate": 0}')}
crash: 400 | {_get('{"count": 3, "ackmode": "ack_requeue_true", "encoding": "auto", "truncate": -1}')}
{_get('{"count": 3, "ackmode": "ack_requeue_true", "encoding": "auto", "truncate": null}')}
{_get('{"count": 3, "ackmode": "ack_requeue_true", "encoding": "auto", "truncate": "x"}')}
{_get('{"count": null, "ackmode": "ack_requeue_true", "encoding": "auto"}')}
{_get('{"count": "x", "ackmode": "ack_requeue_true", "encoding": "auto"}')}
{_get('{"count": true, "ackmode": "ack_requeue_true", "encoding": "auto"}')}
{_get('{"ackmode": "ack_requeue_true", "encoding": "auto"}')}
{_get('{"count": 1, "encoding": "auto"}')}
{_get('{"count": 1, "encoding": "auto", "requeue": true}')}
{_get('{"count": 1, "ackmode": "ack_requeue_true"}')}
{_get("{}")}
{_get("{bad")}
{_get("[]")}
POST /queues/ob/q/get
crash: 400 | {_get('{"count": 1, "ackmode": "nope", "encoding": "auto"}')}
{_get('{"count": 1, "ackmode": "ack_requeue_true", "encoding": "nope"}')}
{_get('{"count": 1, "ackmode": "ack_requeue_true", "encoding": 5}')}
{_get('{"count": 1, "ackmode": "reject_requeue_false", "encoding": "auto"}')}
{_get('{"count": 1, "ackmode": "ack_requeue_false", "encoding": "auto"}')}
{_get('{"count": 9, "ackmode": "ack_requeue_false", "encoding": "auto"}')}
{_get('{"count": 9, "ackmode": "ack_requeue_false", "encoding": "auto"}')}
{_put("üxü")}
{_get('{"count": 1, "ackmode": "ack_requeue_true", "encoding": "auto", "truncate": 2}')}
{_get('{"count": 1, "ackmode": "ack_requeue_true", "encoding": "auto", "truncate": 1}')}
DELETE /queues/ob/q?if-empty=true
DELETE /queues/ob/q/contents
{_get('{"count": 1, "ackmode": "ack_requeue_true", "encoding": "auto"}')}
POST /queues/ob/none/get {{"count": 1, "ackmode": "ack_requeue_true", "encoding": "auto"}}
missing: 404 | POST /queues/none/q/get {{"count": 1, "ackmode": "ack_requeue_true", "encoding": "auto"}}
PUT /queues/ob/stream {{"durable": true, "arguments": {{"x-queue-type": "stream"}}}}
POST /queues/ob/stream/get {{"count": 1, "ackmode": "ack_requeue_true", "encoding": "auto"}}
OPTIONS /queues/ob/q/get
GET /queues/ob/q/get
"""

# Who may what. `few` has rights to names that begin with `mine`; the others have none in ob2.
USERS = {
    "few": "management",
    "mon": "monitoring",
    "pol": "policymaker",
    "adm": "administrator",
    "nob": "",
}

_SEEN = (
    "/queues/ob2?columns=name",
    "/queues/ob2/mine?columns=name",
    "/queues/none",
    "/queues/none/q",
    "/queues/ob2/mine/bindings",
    "/exchanges/ob2?columns=name",
    "/exchanges/ob2/mine-x?columns=name",
    "/bindings/ob2",
    "/bindings/ob2/e/mine-x/q/mine",
    "/consumers/ob2",
    "/consumers/none",
)
_DONE = (
    "PUT /queues/ob2/mine {}",
    "PUT /queues/ob2/other {}",
    "DELETE /queues/ob2/yours",
    "PUT /exchanges/ob2/other {}",
    'PUT /exchanges/ob2/mine-2 {"arguments": {"alternate-exchange": "yours"}}',
    'PUT /queues/ob2/mine-2 {"arguments": {"x-dead-letter-exchange": "yours"}}',
    "POST /bindings/ob2/e/mine-x/q/mine {}",
    "POST /bindings/ob2/e/yours-x/q/mine {}",
    "POST /bindings/ob2/e/mine-x/q/yours {}",
    "DELETE /bindings/ob2/e/yours-x/q/yours/~",
    "DELETE /bindings/ob2/e/yours-x/q/yours/none",
    'POST /queues/ob2/yours/get {"count": 1, "ackmode": "ack_requeue_true", "encoding": "auto"}',
    "DELETE /queues/ob2/yours/contents",
    'POST /exchanges/ob2/yours-x/publish {"properties": {}, ' + _REST,
    'POST /exchanges/ob2/amq.default/publish {"properties": {}, ' + _REST,
    'POST /queues/ob2/mine/actions {"action": "sync"}',
    "DELETE /exchanges/ob2/yours-x",
)

PERMISSIONS = "\n".join(
    [
        "PUT /queues/ob2/mine",
        "PUT /queues/ob2/yours",
        "PUT /exchanges/ob2/mine-x",
        "PUT /exchanges/ob2/yours-x",
        "POST /bindings/ob2/e/yours-x/q/yours {}",
        'PUT /permissions/ob2/few {"configure": "^mine", "write": "^mine", "read": "^mine"}',
        # An administrator sees what others left in other vhosts as well.
        *(f"{user}@ GET /queues?columns=name,vhost" for user in USERS if user != "adm"),
        *(f"{user}@ GET {path}" for user in USERS for path in _SEEN),
        *(f"{user}@ {asked}" for user in USERS for asked in _DONE),
    ]
)

TOPICS = {
    "queues": QUEUES,
    "exchanges": EXCHANGES,
    "bindings": BINDINGS,
    "publishing": PUBLISHING,
    "getting": GETTING,
    "permissions": PERMISSIONS,
}
