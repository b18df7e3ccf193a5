"""Where Leveret's HTTP API may answer differently from RabbitMQ's, and why.

An administrator's are named by the requests that show them, and a request whose answers are the
same may not name one: the list can only get shorter.
"""

# What administrators ask for (admin_requests.py).
ADMIN_DIFFERENCES = {
    "crash": "RabbitMQ answers 500 to a value of the wrong type; Leveret refuses it and says why",
    "lenient": "RabbitMQ takes nonsense (a number as a description, an algorithm that nobody "
    "knows); Leveret refuses it",
    "half": "RabbitMQ does what comes before the fault and refuses the rest; with Leveret a "
    "request that is refused changes nothing",
    "erlang": "RabbitMQ tells of a fault as an Erlang term (of a pattern as a list of character "
    "codes, of a vhost with line breaks); Leveret in words",
    "apply-to": "Leveret knows more words for apply-to (3.13's), and names them",
    "fault": "what is wrong with definitions is told in Leveret's words, with section and entry",
    "empty": "RabbitMQ turns an empty object into an empty list; Leveret keeps it, and lists no "
    "limits where there are none",
    "vhosts": "Leveret exports what 3.13 does of a vhost: its metadata as well",
    "portable": "what Leveret exports of one vhost names no vhost: it goes into any",
    "skipped": "Leveret skips what definitions tell components that it does not know",
    "newer": "RabbitMQ has it since 4.0",
}

# Queues, exchanges, bindings, messages (object_requests.py).
OBJECT_DIFFERENCES = {
    "crash": "RabbitMQ answers 500, or an Erlang error, to a value of the wrong type; Leveret "
    "refuses it and says why",
    "lenient": "RabbitMQ takes what AMQP can't carry (names and keys of more than 255 octets, "
    "numbers that do not fit, keys that are no text); Leveret refuses it",
    "newer": "RabbitMQ has it since 3.13",
    "default": "RabbitMQ tells a default binding of a queue that is not there; Leveret none",
    "missing": "RabbitMQ says of a vhost that is not there that access is refused, or that nothing "
    "is bound in it; Leveret that it is not there",
}
# Fields that Leveret leaves out.
LEFT_OUT = {
    "garbage_collection": "of an Erlang process",
    "reductions": "work done by an Erlang process",
    "reductions_details": "its rate",
    "backing_queue_status": "the inside of RabbitMQ's classic queue",
    "open_files": "of the Raft log of a quorum queue",
    "messages_dlx": "of RabbitMQ's process for at-least-once dead letters",
    "message_bytes_dlx": "the same in octets",
    "user_who_performed_action": "who declared an exchange is in the events, not in the exchange",
}
# Of live things: the page and the field -> why (test_live.py).
LIVE_DIFFERENCES = {
    ("/overview", "leveret_version"): "who answers, for people",
    ("/overview", "listeners.socket_opts.cowboy_opts"): "of the HTTP server that RabbitMQ has",
}
