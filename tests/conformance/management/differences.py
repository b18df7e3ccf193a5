"""Where Leveret's HTTP API may answer differently from RabbitMQ's, and why."""

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
