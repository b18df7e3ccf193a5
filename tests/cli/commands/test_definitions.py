"""`leveret definitions`: a data directory to RabbitMQ's JSON and back, without a node."""

import json
import stat

import pika
import pytest

TOLD = {
    "users": [{"name": "ada", "password": "secret", "tags": "administrator"}],
    "vhosts": [{"name": "/"}],
    "permissions": [
        {"user": "ada", "vhost": "/", "configure": ".*", "write": ".*", "read": ".*"}
    ],
    "queues": [{"name": "jobs", "vhost": "/"}, {"name": "amq.own", "vhost": "/"}],
    "exchanges": [{"name": "logs", "vhost": "/", "type": "topic"}],
    "bindings": [
        {
            "source": "logs",
            "vhost": "/",
            "destination": "jobs",
            "destination_type": "queue",
            "routing_key": "a.#",
        }
    ],
}  # fmt: skip
SKIPPED = "queues: queue 'amq.own' in vhost '/': names that begin with 'amq.' are the server's own"


@pytest.fixture
def data_dir(leveret):
    path = leveret.home / "mq"
    path.mkdir()
    return path


def write(leveret, told, name="told.json"):
    file = leveret.home / name
    file.write_text(told if isinstance(told, str) else json.dumps(told))
    return file


def definitions(leveret, verb, *arguments):
    return leveret.run("definitions", verb, *arguments)


def imported(leveret, data_dir, told=TOLD):
    done = definitions(leveret, "import", write(leveret, told), "--data-dir", data_dir)
    assert done.returncode == 0, done.stderr
    return done


def test_what_is_imported_is_there_at_the_next_start(leveret, data_dir):
    done = imported(leveret, data_dir)
    first, second = done.stdout.splitlines()
    assert first.startswith(
        f"{leveret.home / 'told.json'}: applied 1 user, 1 vhost, 1 permission, "
    )
    assert first.endswith("1 exchange, 1 queue, 1 binding; 0 were there already; 1 skipped")
    assert second == f"  skipped: {SKIPPED}"
    node = leveret.serve()
    url = node.url.replace("guest:guest", "ada:secret")
    with pika.BlockingConnection(pika.URLParameters(url)) as connection:
        channel = connection.channel()
        channel.basic_publish("logs", "a.b", b"x")
        assert channel.basic_get("jobs", auto_ack=True)[2] == b"x"
    node.end()


def test_what_is_exported_can_be_imported(leveret, data_dir):
    imported(leveret, data_dir)
    file = leveret.home / "out.json"
    done = definitions(leveret, "export", file, "--data-dir", data_dir)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    other = leveret.home / "other"
    other.mkdir()
    assert definitions(leveret, "import", file, "--data-dir", other).returncode == 0
    shown = definitions(leveret, "export", "--data-dir", other).stdout
    assert shown == file.read_text()
    assert json.loads(shown)["queues"][0]["name"] == "jobs"


def test_export_beside_a_running_node(leveret):
    node = leveret.serve()
    with pika.BlockingConnection(pika.URLParameters(node.url)) as connection:
        connection.channel().queue_declare("jobs", durable=True)
        told = json.loads(definitions(leveret, "export", "--data-dir", node.data_dir).stdout)
    assert [each["name"] for each in told["users"]] == ["guest"]
    assert [each["name"] for each in told["queues"]] == ["jobs"]
    refused = definitions(leveret, "import", write(leveret, TOLD), "--data-dir", node.data_dir)
    assert refused.returncode == 1
    assert "another node" in refused.stderr
    node.end()


def test_one_vhost(leveret, data_dir):
    imported(leveret, data_dir)
    shown = definitions(leveret, "export", "--vhost", "/", "--data-dir", data_dir).stdout
    assert "vhost" not in json.loads(shown)["queues"][0]
    imported(leveret, data_dir, {"vhosts": [{"name": "b"}]})
    file = write(leveret, shown, "vhost.json")
    done = definitions(leveret, "import", file, "--vhost", "b", "--data-dir", data_dir)
    assert "applied 1 exchange, 1 queue, 1 binding" in done.stdout
    missing = definitions(leveret, "export", "--vhost", "c", "--data-dir", data_dir)
    assert (missing.returncode, missing.stderr) == (1, "leveret: there is no vhost 'c' in it\n")


def test_check_says_what_an_import_would_come_to(leveret, data_dir):
    file = write(leveret, TOLD)
    told = definitions(leveret, "check", file).stdout
    assert told == imported(leveret, data_dir).stdout
    again = definitions(leveret, "check", file, "--data-dir", data_dir).stdout
    assert "applied nothing; 6 were there already; 1 skipped" in again
    vhost = write(leveret, {"queues": [{"name": "a"}]}, "vhost.json")
    assert "1 queue" in definitions(leveret, "check", vhost, "--vhost", "x").stdout


@pytest.mark.parametrize("verb", ["check", "import"])
def test_every_fault_is_told_and_nothing_done(leveret, data_dir, verb):
    bad = {"vhosts": [{"name": "/"}], "queues": [{"name": n, "vhost": "x"} for n in "ab"]}
    done = definitions(leveret, verb, write(leveret, bad), "--data-dir", data_dir)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.splitlines() == [
        f"{leveret.home / 'told.json'}: nothing is imported:",
        "  queues: queue 'a' in vhost 'x': there is no vhost 'x'",
        "  queues: queue 'b' in vhost 'x': there is no vhost 'x'",
    ]
    exported = definitions(leveret, "export", "--data-dir", data_dir)
    assert json.loads(exported.stdout)["vhosts"] == []


def test_files_that_are_not_there(leveret, data_dir):
    missing = leveret.home / "missing.json"
    for verb in ("check", "import"):
        done = definitions(leveret, verb, missing, "--data-dir", data_dir)
        assert done.returncode == 1
        assert done.stderr.startswith(f"leveret: cannot read the definitions {missing}: ")
    done = definitions(leveret, "export", leveret.home / "no" / "x.json", "--data-dir", data_dir)
    assert done.stderr.startswith(f"leveret: cannot write {leveret.home / 'no' / 'x.json'}: ")
    nowhere = definitions(leveret, "export", "--data-dir", leveret.home / "nowhere")
    assert "there is no data directory" in nowhere.stderr


# At the start of a node -------------------------------------------------------------------------


def log_in(port, user, password):
    told = pika.PlainCredentials(user, password)
    return pika.BlockingConnection(pika.ConnectionParameters("127.0.0.1", port, "/", told))


def test_a_node_loads_definitions_and_has_no_guest(leveret):
    conf = write(leveret, f"load_definitions = {write(leveret, TOLD)}\n", "leveret.conf")
    node = leveret.serve("--config", conf)
    with log_in(node.port, "ada", "secret") as connection:
        connection.channel().queue_declare("jobs", passive=True)
    with pytest.raises(pika.exceptions.AMQPConnectionError):
        log_in(node.port, "guest", "guest")
    assert node.end()[0] == 0


def test_a_directory_of_definitions_and_what_has_not_changed(leveret):
    directory = leveret.home / "told"
    directory.mkdir()
    for section, entries in TOLD.items():
        file = directory / f"{list(TOLD).index(section)}.json"
        file.write_text(json.dumps({section: entries}))
    conf = write(
        leveret,
        "definitions.import_backend = local_filesystem\n"
        f"definitions.local.path = {directory}\n"
        "definitions.skip_if_unchanged = true\n"
        "definitions.hashing.algorithm = sha512\n",
        "leveret.conf",
    )
    node = leveret.serve("--config", conf)
    with log_in(node.port, "ada", "secret") as connection:
        connection.channel().queue_delete("jobs")
    node.end()
    node = leveret.serve("--config", conf)
    with (
        log_in(node.port, "ada", "secret") as connection,
        pytest.raises(pika.exceptions.ChannelClosedByBroker, match="no queue 'jobs'"),
    ):
        connection.channel().queue_declare("jobs", passive=True)
    node.end()


@pytest.mark.parametrize(
    ("told", "reason"),
    [
        ("{x", "document: JSON: JSON is malformed"),
        ({"queues": [{"name": "q", "vhost": "x"}]}, "queues: queue 'q' in vhost 'x': there is no"),
        (None, "No such file or directory"),
    ],
)
def test_a_start_with_bad_definitions_is_refused_in_one_line(leveret, told, reason):
    file = leveret.home / "bad.json" if told is None else write(leveret, told, "bad.json")
    data_dir = leveret.home / "mq"
    done = leveret.run("serve", "--port", "0", "--load-definitions", file, "--data-dir", data_dir)
    assert done.returncode == 1
    (line,) = done.stderr.splitlines()
    assert line.startswith("leveret: ")
    assert f"definitions {file}: " in line
    assert reason in line
