"""File, environment, flags: who wins, and how a mistake is told."""

import pytest

from leveret.config.errors import SettingRefused
from leveret.config.load import load
from leveret.config.values import Listener


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    """A home of our own: no file of whoever runs the tests is read."""
    monkeypatch.setenv("HOME", str(tmp_path))
    return tmp_path


@pytest.fixture
def conf(tmp_path):
    """Load what a file says, with any environment and flags beside it."""

    def load_beside(content, environ=None, **flags):
        file = tmp_path / "leveret.conf"
        file.write_text(content)
        return load({"config": str(file), **flags}, environ or {})

    return load_beside


def test_without_any_source_the_defaults_are_rabbitmqs(home):
    settings = load({}, {})
    assert (settings.default_user, settings.default_pass, settings.default_vhost) == (
        "guest",
        "guest",
        "/",
    )
    limits = settings.limits
    assert (limits.channel_max, limits.frame_max, limits.heartbeat_s) == (2047, 131072, 60)
    assert settings.addresses == (Listener("", 5672),)
    assert settings.loopback_users == {"guest"}
    assert settings.data_dir == home / ".leveret" / settings.node


def test_every_key_of_the_file_is_heard(conf):
    settings = conf(
        """
        listeners.tcp.1 = 127.0.0.1:5673
        listeners.tcp.2 = ::1:5673
        default_user = app
        default_pass = 's#cret'
        default_vhost = orders
        default_user_tags.monitoring = true
        default_permissions.configure = ^jobs
        loopback_users = none
        channel_max = 100
        frame_max = 64KiB
        heartbeat = 5
        handshake_timeout = 2000
        max_message_size = 1MiB
        durability = os
        vm_memory_high_watermark.relative = 0.6
        vm_memory_high_watermark.absolute = 2GB
        vm_memory_high_watermark_paging_ratio = 0.75
        total_memory_available_override_value = 8GiB
        memory_monitor_interval = 500
        disk_free_limit.relative = 1.5
        disk_free_limit.absolute = 1GB
        cluster_name = burrow
        product.name = Hare
        product.version = 1.2
        log.console.level = debug
        log.console = false
        log.console.formatter = json
        log.file = mq.log
        log.file.level = warning
        log.file.formatter = json
        """
    )
    assert settings.addresses == (Listener("127.0.0.1", 5673), Listener("::1", 5673))
    assert (settings.default_user, settings.default_pass) == ("app", "s#cret")
    assert settings.default_vhost == "orders"
    assert settings.default_user_tags == {"administrator", "monitoring"}
    assert (settings.default_configure, settings.default_write) == ("^jobs", ".*")
    assert settings.loopback_users == frozenset()
    limits = settings.limits
    assert (limits.channel_max, limits.frame_max) == (100, 65536)
    assert (limits.heartbeat_s, limits.handshake_timeout_s) == (5, 2.0)
    assert limits.max_message_size == 2**20
    assert settings.durability == "os"
    watches = settings.watches
    assert (watches.memory_share, watches.memory_bytes) == (0.6, 2_000_000_000)
    assert (watches.memory_paging_ratio, watches.memory_total) == (0.75, 2**33)
    assert watches.memory_interval_s == 0.5
    assert (watches.disk_free_share, watches.disk_free_bytes) == (1.5, 1_000_000_000)
    assert (settings.cluster_name, settings.product) == ("burrow", "Hare")
    assert settings.product_version == "1.2"
    log = settings.log
    assert (log.is_on_console, log.level, log.format) == (False, "debug", "json")
    assert (str(log.file), log.file_level, log.file_format) == ("mq.log", "warning", "json")


def test_the_environment_wins_over_the_file_and_a_flag_over_both(conf):
    file = "default_user = file\ndefault_pass = file\ndefault_vhost = file\n"
    environ = {"LEVERET_DEFAULT_PASS": "environment", "LEVERET_DEFAULT_VHOST": "environment"}
    settings = conf(file, environ, default_vhost="flag")
    assert settings.default_user == "file"
    assert settings.default_pass == "environment"
    assert settings.default_vhost == "flag"


def test_rabbitmqs_own_variables_are_heard_and_leverets_come_first():
    rabbitmq = {
        "RABBITMQ_DEFAULT_USER": "app",
        "RABBITMQ_DEFAULT_PASS": "secret",
        "RABBITMQ_DEFAULT_VHOST": "orders",
        "RABBITMQ_NODENAME": "rabbit@burrow",
        "RABBITMQ_NODE_PORT": "5700",
    }
    settings = load({}, rabbitmq | {"LEVERET_DEFAULT_USER": "hare"})
    assert settings.default_user == "hare"
    assert (settings.default_pass, settings.default_vhost) == ("secret", "orders")
    assert settings.node == "rabbit@burrow"
    assert settings.addresses == (Listener("", 5700),)


def test_an_empty_variable_counts_as_unset():
    assert load({}, {"LEVERET_PORT": "", "RABBITMQ_NODE_PORT": "5700"}).port == 5700


def test_a_kubernetes_service_link_is_no_port():
    assert load({}, {"LEVERET_PORT": "tcp://10.0.0.7:5672"}).port is None


def test_a_port_flag_keeps_the_address_of_the_files_first_listener(conf):
    settings = conf("listeners.tcp.1 = 127.0.0.1:5673\n", port="0")
    assert settings.addresses == (Listener("127.0.0.1", 0),)


def test_a_bind_flag_keeps_the_port_of_the_files_first_listener(conf):
    settings = conf("listeners.tcp.default = 5673\n", bind="::1")
    assert settings.addresses == (Listener("::1", 5673),)


def test_loopback_users_are_added_and_taken_away_one_by_one(conf):
    assert conf("loopback_users.guest = false\n").loopback_users == frozenset()
    assert conf("loopback_users.app = true\n").loopback_users == {"guest", "app"}


def test_a_key_given_twice_keeps_the_last(conf):
    assert conf("heartbeat = 1\nheartbeat = 2\n").limits.heartbeat_s == 2
    twice = conf("listeners.tcp.1 = 1\nlisteners.tcp.2 = 2\nlisteners.tcp.1 = 3\n")
    assert twice.addresses == (Listener("", 2), Listener("", 3))


def test_the_keys_people_use_for_tls_are_heard(conf):
    settings = conf(
        """
        listeners.tcp = none
        listeners.ssl.default = 5671
        listeners.ssl.inside = 127.0.0.1:5681
        ssl_options.cacertfile = /tls/ca.pem
        ssl_options.certfile = /tls/server.pem
        ssl_options.keyfile = /tls/server.key
        ssl_options.password = 's#cret'
        ssl_options.verify = verify_peer
        ssl_options.fail_if_no_peer_cert = true
        ssl_options.depth = 2
        ssl_options.versions.1 = tlsv1.3
        ssl_options.ciphers.1 = TLS_AES_256_GCM_SHA384
        ssl_options.ciphers.2 = TLS_AES_128_GCM_SHA256
        ssl_options.honor_cipher_order = true
        ssl_options.honor_ecc_order = true
        ssl_options.client_renegotiation = false
        ssl_options.secure_renegotiate = true
        ssl_handshake_timeout = 3000
        ssl_cert_login_from = common_name
        auth_mechanisms.1 = PLAIN
        auth_mechanisms.2 = EXTERNAL
        proxy_protocol = true
        tcp_listen_options.backlog = 256
        tcp_listen_options.linger.on = true
        """
    )
    inside = Listener("127.0.0.1", 5681, is_tls=True)
    assert settings.addresses == (Listener("", 5671, is_tls=True), inside)
    tls = settings.tls
    assert (str(tls.cacertfile), str(tls.certfile)) == ("/tls/ca.pem", "/tls/server.pem")
    assert (str(tls.keyfile), tls.password) == ("/tls/server.key", "s#cret")
    assert (tls.is_verifying, tls.needs_certificate, tls.depth) == (True, True, 2)
    assert tls.versions == ("tlsv1.3",)
    assert tls.ciphers == ("TLS_AES_256_GCM_SHA384", "TLS_AES_128_GCM_SHA256")
    assert (tls.honors_order, tls.honors_ecc_order) == (True, True)
    assert (tls.handshake_s, tls.login_from) == (3.0, "common_name")
    assert settings.auth_mechanisms == {"PLAIN", "EXTERNAL"}
    assert settings.is_proxied
    assert (settings.sockets.backlog, settings.sockets.lingers) == (256, True)


def test_certificates_may_be_named_by_flags_and_variables(conf):
    settings = conf("", {"LEVERET_SSL_OPTIONS_KEYFILE": "/k"}, tls_certfile="/c", tls_port="0")
    assert (str(settings.tls.certfile), str(settings.tls.keyfile)) == ("/c", "/k")
    assert settings.addresses[-1] == Listener("", 0, is_tls=True)


def test_a_file_in_the_data_directory_is_read_unasked(tmp_path):
    (tmp_path / "leveret.conf").write_text("heartbeat = 7\n")
    assert load({"data_dir": str(tmp_path)}, {}).limits.heartbeat_s == 7


def test_a_relative_data_directory_is_made_absolute(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert load({"data_dir": "mq"}, {}).data_dir == tmp_path / "mq"


@pytest.mark.parametrize(
    ("content", "line"),
    [
        ("\nheartbeat = soon\n", "leveret.conf:2: heartbeat: bad value 'soon': expected a whole"),
        ("frame_max = 10\n", "leveret.conf:1: frame_max: bad value '10': expected from 4096"),
        ("listeners.tcp.1 = x\n", "leveret.conf:1: listeners.tcp.1: bad value 'x': expected PORT"),
        ("listeners.tcp = 1\n", "leveret.conf:1: listeners.tcp: bad value '1': expected none, or"),
        ("default_user =\n", "leveret.conf:1: default_user: bad value '': it must not be empty"),
        ("loopback_users.guest = x\n", "leveret.conf:1: loopback_users.guest: bad value 'x'"),
        ("durability = disk\n", "durability: bad value 'disk': expected one of fsync, os"),
        ("disk_free_limit.absolute = 1000 parsecs\n", "bad value '1000 parsecs': expected a num"),
        ("defualt_user = x\n", "unknown key 'defualt_user'; the nearest known key is 'default_us"),
        ("listener.tcp.default = 1\n", "the nearest known key is 'listeners.tcp.default'"),
        ("\n\nraft.wal_max_size = 2\n", "leveret.conf:3: raft.wal_max_size is not supported yet"),
        (
            "ssl_options.dh = 2\n",
            "leveret.conf:1: ssl_options.dh is not supported: write it to a f",
        ),
        (
            "ssl_options.certfle = x\n",
            "unknown key 'ssl_options.certfle'; the nearest known key is",
        ),
        (
            "ssl_options.versions.1 = tlsv1\n",
            "ssl_options.versions.1: bad value 'tlsv1': OpenSSL no",
        ),
        ("log.syslog = true\n", "leveret.conf:1: log.syslog is not supported yet"),
        ("log.console = x\n", "leveret.conf:1: log.console: bad value 'x': expected true or false"),
    ],
)
def test_a_mistake_in_the_file_names_its_line(conf, content, line):
    with pytest.raises(SettingRefused) as refused:
        conf(content)
    assert line in str(refused.value)


def test_a_mistake_in_the_environment_names_the_variable():
    with pytest.raises(SettingRefused, match=r"^RABBITMQ_NODE_PORT: bad value 'amqp': expected a"):
        load({}, {"RABBITMQ_NODE_PORT": "amqp"})


def test_a_mistake_in_a_flag_names_the_flag():
    with pytest.raises(SettingRefused, match=r"^--port: bad value '70000': expected a whole"):
        load({"port": "70000"}, {})


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(SettingRefused, match=r"cannot read the configuration file .*No such file"):
        load({"config": str(tmp_path / "absent.conf")}, {})


def test_a_file_that_is_not_text_is_named(tmp_path):
    (tmp_path / "leveret.conf").write_bytes(b"\xff\xfe")
    with pytest.raises(SettingRefused, match="is not UTF-8 text"):
        load({"data_dir": str(tmp_path)}, {})
