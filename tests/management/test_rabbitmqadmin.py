"""rabbitmqadmin: what it asks of the API, what it prints, how it ends.

That this is what RabbitMQ's own script does is stated in tests/conformance/management.
"""

import base64
import io
import json
import ssl
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from leveret.management import rabbitmqadmin
from leveret.version import VERSION
from tests.management.answering import answering
from tests.server.secured import Pki

QUEUES = [
    {"name": "jobs", "messages": 3, "durable": True, "arguments": {"x-max-length": 5}},
    {"name": "other", "messages": 0, "durable": False, "arguments": {}, "policy": None},
]


@pytest.fixture
def api():
    with answering() as told:
        yield told


@pytest.fixture(autouse=True)
def home(monkeypatch, tmp_path):
    """Nobody's own configuration file is read."""
    monkeypatch.setenv("HOME", str(tmp_path))
    return tmp_path


@pytest.fixture
def admin(api, capsys):
    """Runs a command line against the API; gives exit code, output and errors."""

    def run(*words):
        code = rabbitmqadmin.main(["--port", str(api.port), *words])
        told = capsys.readouterr()
        return SimpleNamespace(code=code, out=told.out, err=told.err)

    return run


class TestLists:
    def test_a_list_asks_for_the_columns_it_shows(self, api, admin):
        api.answer(QUEUES)
        assert admin("list", "queues").out == (
            "+-------+----------+\n"
            "| name  | messages |\n"
            "+-------+----------+\n"
            "| jobs  | 3        |\n"
            "| other | 0        |\n"
            "+-------+----------+\n"
        )
        assert (api.only.method, api.only.target) == ("GET", "/api/queues?columns=name,messages")
        assert api.only.login == "guest:guest"

    def test_columns_sorting_and_vhost_are_asked_for(self, api, admin):
        admin("-V", "a/b", "-S", "name", "-R", "list", "queues", "name", "arguments.x-max-length")
        assert api.only.target == (
            "/api/queues/a%2Fb?columns=name,arguments.x-max-length&sort=name&sort_reverse=true"
        )

    @pytest.mark.parametrize("kind", ["users", "nodes", "policies", "connections"])
    def test_what_is_in_no_vhost_or_listed_of_all_is_not_narrowed_down(self, api, admin, kind):
        admin("-V", "orders", "list", kind)
        assert api.only.target.partition("?")[0] == f"/api/{kind}"

    def test_without_columns_every_field_is_one_and_what_names_it_comes_first(self, api, admin):
        api.answer([{"tags": ["a", "b"], "name": "ann"}, {"name": "bob", "limits": {"x": 1}}])
        assert admin("-f", "tsv", "list", "users").out == "name\ttags\nann\ta b\nbob\t\n"
        assert admin("-f", "tsv", "-d", "2", "list", "users").out == (
            "name\tlimits.x\ttags\nann\t\ta b\nbob\t1\t\n"
        )

    def test_what_a_policy_means_is_shown_as_json(self, api, admin):
        api.answer([{"vhost": "/", "name": "p", "definition": {"max-length": 5}}])
        told = admin("-f", "kvp", "list", "policies").out
        assert told == 'vhost="/" name="p" definition="{"max-length": 5}"\n'

    def test_a_list_of_things_is_shown_as_json(self, api, admin):
        api.answer({"node": "n", "listeners": [{"port": 1}], "contexts": []})
        told = admin("-f", "tsv", "show", "overview", "node", "listeners", "contexts").out
        assert told == 'node\tlisteners\tcontexts\nn\t[{"port": 1}]\t\n'

    def test_pairs_one_line_a_thing(self, api, admin):
        api.answer(QUEUES)
        assert admin("-f", "kvp", "list", "queues", "name", "durable", "policy").out == (
            'name="jobs" durable="True" policy=""\nname="other" durable="False" policy="None"\n'
        )

    def test_long_one_line_a_field(self, api, admin):
        api.answer(QUEUES[:1])
        rule = 80 * "-"
        assert admin("-f", "long", "list", "queues").out == (
            f"\n{rule}\n\n    name: jobs\nmessages: 3\n\n{rule}\n\n"
        )

    def test_for_a_shell_names_alone(self, api, admin):
        api.answer(QUEUES)
        assert admin("-f", "bash", "list", "queues").out == "jobs other\n"
        assert admin("-f", "bash", "list", "queues", "messages").out == ""

    def test_json_has_every_field_unless_some_are_asked_for(self, api, admin):
        api.answer([{"name": "ü", "a": [], "messages": 1.5}])
        assert admin("-f", "raw_json", "list", "queues").out == (
            '[{"name":"ü","a":[],"messages":1.5}]\n'
        )
        assert json.loads(admin("-f", "pretty_json", "list", "queues", "name").out)
        assert [each.target for each in api.asked] == ["/api/queues", "/api/queues?columns=name"]

    def test_nothing_is_said_to_be_nothing_unless_quiet(self, api, admin):
        api.answer([])
        assert admin("list", "queues").out == "No items\n"
        assert admin("-q", "list", "queues").out == ""
        assert admin("-f", "raw_json", "list", "queues").out == "[]\n"

    def test_a_thing_without_any_of_the_columns_is_an_empty_row(self, api, admin):
        """RabbitMQ writes it as an empty list."""
        api.answer([[], {"name": "x"}])
        assert admin("-f", "tsv", "list", "queues", "name").out == "name\n\nx\n"


class TestDeclares:
    def test_a_queue_has_what_is_said_and_what_goes_without_saying(self, api, admin):
        told = admin("declare", "queue", "name=a b/c", "durable=false", 'arguments={"x-p": 1}')
        assert (told.code, told.out) == (0, "queue declared\n")
        assert (api.only.method, api.only.target) == ("PUT", "/api/queues/%2F/a%20b%2Fc")
        assert api.only.body == {
            "vhost": "/",
            "name": "a b/c",
            "durable": "false",
            "auto_delete": "false",
            "arguments": {"x-p": 1},
        }

    def test_the_type_of_a_queue_is_an_argument_of_it(self, api, admin):
        admin("-V", "v", "declare", "queue", "name=q", "queue_type=stream")
        assert api.only.target == "/api/queues/v/q"
        assert api.only.body["arguments"] == {"x-queue-type": "stream"}

    def test_a_binding_is_posted_to_what_it_binds(self, api, admin):
        admin("declare", "binding", "source=s", "destination=d", "destination_type=exchange")
        assert (api.only.method, api.only.target) == ("POST", "/api/bindings/%2F/e/s/e/d")
        assert api.only.body["routing_key"] == ""

    @pytest.mark.parametrize(
        ("words", "target"),
        [
            ("exchange name=x type=topic", "/api/exchanges/%2F/x"),
            ("vhost name=v", "/api/vhosts/v"),
            ("user name=u password=p tags=", "/api/users/u"),
            ("user name=u password_hash=p tags=monitoring", "/api/users/u"),
            ("permission vhost=v user=u configure= write= read=", "/api/permissions/v/u"),
            ("parameter component=c name=p value=1", "/api/parameters/c/%2F/p"),
            ("policy name=p pattern=x definition={}", "/api/policies/%2F/p"),
            ("operator_policy name=p pattern=x definition={}", "/api/operator-policies/%2F/p"),
            ("vhost_limit vhost=v name=max-queues value=7", "/api/vhost-limits/v/max-queues"),
        ],
    )
    def test_each_thing_has_its_path(self, api, admin, words, target):
        kind = words.split()[0]
        assert admin("declare", *words.split()).out == f"{kind} declared\n"
        assert (api.only.method, api.only.target) == ("PUT", target)

    @pytest.mark.parametrize(
        "words",
        [
            "declare",
            "declare frob name=x",
            "declare queue",
            "declare queue name",
            "declare queue name=",
            "declare queue name=q frob=1",
            "declare queue name=q vhost=v",
            "declare queue name=q arguments=zzz",
            "declare user name=u tags=",
            "declare user name=u password=p",
            "delete frob name=x",
            "delete vhost_limit name=max-queues",
            "purge exchange name=x",
            "close connection",
            "publish payload=x",
            "get",
            "get queue=q count=2 payload_file=f",
            "export",
            "import a b",
            "list",
            "list frob",
            "show queues",
            "help frob",
            "frob",
            "",
        ],
    )
    def test_what_cannot_be_done_is_not_asked_for(self, api, admin, words):
        told = admin(*words.split())
        assert told.code == 1
        assert not told.out
        assert told.err.startswith("\nERROR: ")
        assert not api.asked


class TestEnds:
    @pytest.mark.parametrize(
        ("words", "target", "said"),
        [
            ("delete queue name=q", "/api/queues/%2F/q", "queue deleted\n"),
            ("delete vhost name=a/b", "/api/vhosts/a%2Fb", "vhost deleted\n"),
            ("delete parameter component=c name=p", "/api/parameters/c/%2F/p",
             "parameter deleted\n"),
            ("delete permission vhost=v user=u", "/api/permissions/v/u", "permission deleted\n"),
            ("delete binding source=s destination_type=queue destination=d",
             "/api/bindings/%2F/e/s/q/d/~", "binding deleted\n"),
            ("delete binding source=s destination_type=queue destination=d properties_key=a~b",
             "/api/bindings/%2F/e/s/q/d/a~b", "binding deleted\n"),
            ("purge queue name=q", "/api/queues/%2F/q/contents", "queue purged\n"),
            ("close connection name=a->b", "/api/connections/a-%3Eb", "connection closed\n"),
        ],
    )  # fmt: skip
    def test_each_thing_ends_at_its_path(self, api, admin, words, target, said):
        assert admin(*words.split()).out == said
        assert (api.only.method, api.only.target) == ("DELETE", target)


class TestMessages:
    def test_a_payload_is_published_and_whether_it_was_routed_said(self, api, admin):
        api.answer({"routed": True})
        told = admin("publish", "routing_key=q", "payload=hello", 'properties={"priority": 3}')
        assert told.out == "Message published\n"
        assert (api.only.method, api.only.target) == (
            "POST",
            "/api/exchanges/%2F/amq.default/publish",
        )
        assert api.only.body == {
            "vhost": "/",
            "routing_key": "q",
            "exchange": "amq.default",
            "payload": "hello",
            "payload_encoding": "string",
            "properties": {"priority": 3},
        }
        api.answer({"routed": False})
        assert admin("publish", "routing_key=q", "payload=").out == (
            "Message published but NOT routed\n"
        )

    def test_a_payload_of_any_octets_comes_by_standard_input(self, api, admin, monkeypatch):
        api.answer({"routed": True})
        octets = io.TextIOWrapper(io.BytesIO(b"\xff\x00"))
        monkeypatch.setattr(sys, "stdin", octets)
        assert admin("-q", "publish", "routing_key=q").out == ""
        assert api.only.body["payload"] == base64.b64encode(b"\xff\x00").decode()
        assert api.only.body["payload_encoding"] == "base64"

    def test_messages_are_got_and_shown(self, api, admin):
        api.answer([{"payload": "x", "routing_key": "q", "exchange": "", "redelivered": False}])
        assert admin("-f", "tsv", "get", "queue=q", "count=2").out == (
            "routing_key\texchange\tpayload\tredelivered\nq\t\tx\tFalse\n"
        )
        assert api.only.body == {
            "vhost": "/",
            "queue": "q",
            "count": "2",
            "ackmode": "ack_requeue_true",
            "encoding": "auto",
        }

    @pytest.mark.parametrize(
        ("sent", "octets"),
        [(("hällo", "string"), "hällo".encode()), (("/wA=", "base64"), b"\xff\x00")],
    )
    def test_a_payload_goes_into_a_file(self, api, admin, home, sent, octets):
        payload, encoding = sent
        api.answer([{"payload": payload, "payload_encoding": encoding, "routing_key": "q"}])
        told = admin("-f", "tsv", "get", "queue=q", f"payload_file={home / 'payload'}")
        assert told.out == "routing_key\nq\n"
        assert (home / "payload").read_bytes() == octets

    def test_no_message_makes_no_file(self, api, admin, home):
        api.answer([])
        assert admin("get", "queue=q", f"payload_file={home / 'payload'}").out == "No items\n"
        assert not (home / "payload").exists()


class TestDefinitions:
    def test_they_go_into_a_file_and_come_back_as_they_are(self, api, admin, home):
        api.answer({"queues": []})
        file = str(home / "definitions.json")
        assert admin("export", file).code == 0
        assert admin("-V", "v", "import", file).code == 0
        exported, imported = api.asked
        assert (exported.method, exported.target) == ("GET", "/api/definitions")
        assert (imported.method, imported.target) == ("POST", "/api/definitions/v")
        assert imported.body == {"queues": []}

    def test_a_file_that_is_not_there_is_told_of(self, api, admin, home):
        told = admin("import", str(home / "none"))
        assert told.code == 1
        assert told.err.startswith("*** ")
        assert not api.asked


class TestRefusals:
    @pytest.mark.parametrize(
        ("status", "value", "said"),
        [
            (401, {"error": "not_authorised", "reason": "Login failed"}, "Access refused: /api/q"),
            (404, {"error": "Object Not Found", "reason": "Not Found"}, "Not found: /api/q"),
            (400, {"error": "bad_request", "reason": "no good"}, "no good\n"),
            (400, {"error": "bad_request", "reason": ["not_boolean", "x"]}, "['not_boolean', 'x']"),
            (500, b"", "500 Internal Server Error: /api/q"),
            (503, ["x"], "503 Service Unavailable: /api/q"),
        ],
    )
    def test_a_refusal_is_told(self, api, admin, status, value, said):
        api.answer(value, status)
        told = admin("delete", "queue", "name=q")
        assert (told.code, told.out) == (1, "")
        assert told.err.startswith(f"*** {said}")

    def test_nobody_there_is_told(self, admin):
        told = admin("-P", "1", "list", "queues")
        assert (told.code, told.out) == (1, "")
        assert told.err.startswith("*** Could not connect: ")

    @pytest.mark.parametrize(
        "words", [["--frob"], ["-t", "soon", "list"], ["-f", "frob", "list", "queues"]]
    )
    def test_options_that_are_none_end_it_with_2(self, admin, words):
        with pytest.raises(SystemExit) as ended:
            admin(*words)
        assert ended.value.code == 2


class TestOptions:
    CONFIG = """\
[default]
username = ann
[other]
hostname = 127.0.0.1
port = {port}
username = bob
password = s%%cret
declare_vhost = orders
format = tsv
depth = 2
quiet = yes
"""

    @pytest.fixture
    def config(self, home, api):
        file = home / ".rabbitmqadmin.conf"
        file.write_text(self.CONFIG.format(port=api.port))
        return file

    @pytest.mark.usefixtures("config")
    def test_a_section_says_what_the_command_line_does_not(self, api, capsys):
        api.answer([{"name": "x", "limits": {"y": 1}}])
        assert rabbitmqadmin.main(["-N", "other", "list", "users"]) == 0
        assert rabbitmqadmin.main(["-N", "other", "-u", "eve", "declare", "queue", "name=q"]) == 0
        assert capsys.readouterr().out == "name\tlimits.y\nx\t1\n"
        assert [asked.login for asked in api.asked] == ["bob:s%%cret", "eve:s%%cret"]
        assert api.asked[1].target == "/api/queues/orders/q"

    @pytest.mark.usefixtures("config")
    def test_the_default_section_is_read_unless_another_is_named(self, api, admin):
        admin("list", "queues")
        assert api.only.login == "ann:guest"

    @pytest.mark.usefixtures("config")
    @pytest.mark.parametrize("words", [["-N", "nope"], ["-c", "nope.conf"]])
    def test_what_is_named_must_be_there(self, admin, words):
        assert admin(*words, "list", "queues").err.startswith("\nERROR: ")

    @pytest.mark.parametrize("line", ["frob = 1", "depth = deep", "ssl = perhaps"])
    def test_a_line_that_means_nothing_is_told(self, config, admin, line):
        config.write_text(f"[default]\n{line}\n")
        told = admin("list", "queues")
        assert told.code == 1
        assert line.partition(" ")[0] in told.err

    def test_a_uri_says_where_and_who(self, api, capsys):
        uri = f"http://a%40b:p@127.0.0.1:{api.port}/ignored"
        assert rabbitmqadmin.main(["-U", uri, "list", "queues"]) == 0
        assert api.only.login == "a@b:p"
        assert capsys.readouterr().err.startswith("WARNING: ")

    @pytest.mark.parametrize("uri", ["nonsense", "ftp://here", "http://"])
    def test_a_uri_that_is_none_is_told(self, admin, uri):
        assert "base URI" in admin("-U", uri, "list", "queues").err

    def test_a_prefix_comes_before_all_paths(self, api, admin):
        admin("--path-prefix", "/rabbit", "list", "queues")
        assert api.only.target.startswith("/rabbit/api/queues?")


class TestTls:
    @pytest.fixture
    def pki(self, tmp_path):
        return Pki(tmp_path)

    @pytest.fixture
    def secured(self, pki):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(pki.certfile, pki.keyfile)
        with answering(context) as told:
            yield told

    def ask(self, secured, *words):
        where = ["-H", "localhost", "-P", str(secured.port)]
        return rabbitmqadmin.main([*where, *words, "list", "queues"])

    def test_a_certificate_must_be_signed_by_whom_one_trusts(self, secured, pki):
        assert self.ask(secured, "-s") == 1
        assert not secured.asked
        assert self.ask(secured, "-s", "--ssl-ca-cert-file", str(pki.ca_file)) == 0

    def test_anything_will_do_for_who_says_so(self, secured):
        assert self.ask(secured, "-s", "-k") == 0
        assert rabbitmqadmin.main(["-U", f"https://localhost:{secured.port}", "-k",
                                   "list", "queues"]) == 0  # fmt: skip


class TestHelp:
    def test_help_names_every_subcommand(self, admin):
        told = admin("help", "subcommands").out
        for kind in rabbitmqadmin.LISTED:
            assert f"  list {kind} [<column>...]\n" in told
        for kind in rabbitmqadmin.DECLARED:
            assert f"  declare {kind} " in told
            assert f"  delete {kind} " in told
        assert "password=... OR password_hash=..." in told
        assert "[default]" in admin("help", "config").out

    def test_the_script_stands_alone(self):
        """As it is fetched: no package beside it."""
        script = Path(rabbitmqadmin.__file__)
        told = subprocess.run(
            [sys.executable, "-I", "-", "--version"],
            input=script.read_bytes(), capture_output=True, check=True,
        )  # fmt: skip
        assert told.stdout.decode() == f"rabbitmqadmin of Leveret {VERSION}\n"

    @pytest.fixture
    def offer(self, api, capsys, monkeypatch):
        """What bash is offered, as it asks: the line so far, the word begun and the one before."""
        api.answer(QUEUES)
        monkeypatch.setattr(sys, "stderr", sys.stderr)

        def asked(line, before, begun=""):
            monkeypatch.setenv("COMP_LINE", line.format(port=api.port))
            assert rabbitmqadmin.main(["--bash-completion", "rabbitmqadmin", begun, before]) == 0
            return capsys.readouterr().out.split()

        return asked

    def test_a_shell_is_offered_what_may_come_next(self, offer):
        assert offer("rabbitmqadmin pu", "rabbitmqadmin", "pu") == ["purge", "publish"]
        assert offer("rabbitmqadmin --ssl-ke", "rabbitmqadmin", "--ssl-ke") == ["--ssl-key-file"]
        assert offer("rabbitmqadmin list vh", "list", "vh") == ["vhosts", "vhost_limits"]
        assert offer("rabbitmqadmin -f ", "-f", "t") == ["tsv", "table"]
        assert offer("rabbitmqadmin declare vhost ", "vhost") == ["name=", "tracing="]
        assert offer("rabbitmqadmin help ", "help") == ["config", "subcommands"]

    def test_a_shell_is_offered_the_names_of_what_is_there(self, offer):
        assert offer("rabbitmqadmin -P {port} delete queue name=o", "=", "o") == ["other"]
        assert offer("rabbitmqadmin -P {port} -V ", "-V") == ["jobs", "other"]

    def test_a_shell_hears_of_no_errors(self, offer):
        assert offer("rabbitmqadmin -P 1 delete policy name=", "=") == []
        assert offer("rabbitmqadmin --frob delete queue name=", "=") == []

    def test_a_shell_learns_how_to_ask(self, admin):
        assert admin("--bash-completion").out == (
            "complete -C 'rabbitmqadmin --bash-completion' rabbitmqadmin\n"
        )
