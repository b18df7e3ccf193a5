"""The command-line tools of rabbitmq-c (Debian's amqp-tools): C on the other end of the wire."""

import subprocess

import pytest

from tests.conformance.installed import require


@pytest.fixture
def tool(broker, unique):
    """Run a tool against the broker."""
    del unique  # Named so that its queues are deleted last.

    def run(name, *arguments, status=0, body=None, login="guest:guest", vhost=""):
        # No closing slash: rabbitmq-c reads it as the vhost with no name.
        url = f"amqp://{login}@{broker.host}:{broker.port}{vhost}"
        done = subprocess.run(
            [require(name, "amqp-tools"), "--url", url, *arguments],
            input=body,
            capture_output=True,
            timeout=20,
            check=False,
        )
        assert done.returncode == status, (done.returncode, done.stdout, done.stderr)
        return (done.stdout if status == 0 else done.stderr).decode()

    return run


def test_declare_publish_get_and_delete(tool, unique):
    queue = unique("queue")
    assert tool("amqp-declare-queue", "-q", queue) == f"{queue}\n"
    tool("amqp-publish", "-r", queue, "-b", "a hare")
    assert tool("amqp-get", "-q", queue) == "a hare"
    tool("amqp-get", "-q", queue, status=2)  # 2 means empty.
    assert tool("amqp-delete-queue", "-q", queue) == "0\n"


def test_the_broker_names_a_queue(tool):
    name = tool("amqp-declare-queue", "-q", "").strip()
    assert name.startswith("amq.gen-")
    tool("amqp-delete-queue", "-q", name)


def test_each_line_of_the_input_is_a_message(tool, unique):
    queue = unique("queue")
    tool("amqp-declare-queue", "-q", queue)
    tool("amqp-publish", "-r", queue, "-l", body=b"one\ntwo\nthree\n")
    assert tool("amqp-consume", "-q", queue, "-c", "3", "cat") == "one\ntwo\nthree\n"


def test_consume_with_prefetch_acknowledges(tool, unique):
    queue = unique("queue")
    tool("amqp-declare-queue", "-q", queue)
    for body in ("1", "2", "3"):
        tool("amqp-publish", "-r", queue, "-b", body)
    assert tool("amqp-consume", "-q", queue, "-c", "2", "-p", "1", "cat") == "12"
    assert tool("amqp-get", "-q", queue) == "3"


def test_a_headers_property_and_a_content_type_pass(tool, unique, channel):
    queue = unique("queue")
    tool("amqp-declare-queue", "-q", queue)
    tool("amqp-publish", "-r", queue, "-b", "x", "-p", "-C", "text/plain", "-H", "ears: 2")
    _, properties, _ = channel.basic_get(queue, auto_ack=True)
    assert properties.delivery_mode == 2
    assert properties.content_type == "text/plain"
    assert properties.headers == {"ears": "2"}


def test_a_missing_queue_is_named(tool):
    error = tool("amqp-get", "-q", "nowhere", status=1)
    assert "server channel error 404, message: NOT_FOUND - no queue 'nowhere' in vhost '/'" in error


def test_a_queue_in_use_or_not_empty_is_kept(tool, unique):
    queue = unique("queue")
    tool("amqp-declare-queue", "-q", queue)
    tool("amqp-publish", "-r", queue, "-b", "x")
    error = tool("amqp-delete-queue", "-e", "-q", queue, status=1)
    assert f"406, message: PRECONDITION_FAILED - queue '{queue}' in vhost '/' not empty" in error


def test_a_wrong_password_is_refused(tool):
    error = tool("amqp-get", "-q", "any", status=1, login="guest:wrong")
    assert error == (
        "logging in to AMQP server: server connection error 403, message: ACCESS_REFUSED - Login "
        "was refused using authentication mechanism PLAIN. For details see the broker logfile.\n"
    )


def test_an_unknown_vhost_is_refused(tool):
    error = tool("amqp-get", "-q", "any", status=1, vhost="/nowhere")
    assert error.endswith(
        "server connection error 530, message: NOT_ALLOWED - vhost nowhere not found\n"
    )
