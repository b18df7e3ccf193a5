"""Each kind of setting: what it takes and how it says no."""

import pytest

from leveret.config import values
from leveret.config.values import Listener


@pytest.mark.parametrize(
    ("written", "listener"),
    [
        ("5672", Listener("", 5672)),
        ("127.0.0.1:5673", Listener("127.0.0.1", 5673)),
        ("::1:5672", Listener("::1", 5672)),
        ("[::1]:5672", Listener("::1", 5672)),
        ("localhost:0", Listener("localhost", 0)),
    ],
)
def test_a_listener_is_a_port_or_a_host_and_a_port(written, listener):
    assert values.listener(written) == listener


@pytest.mark.parametrize("written", ["", "amqp", ":5672", "127.0.0.1:", "127.0.0.1:65536", "-1"])
def test_anything_else_is_no_listener(written):
    with pytest.raises(ValueError, match="expected PORT or HOST:PORT"):
        values.listener(written)


def test_a_listener_reads_as_people_write_it():
    assert str(Listener("", 5672)) == "*:5672"
    assert str(Listener("::1", 5672)) == "[::1]:5672"
    assert str(Listener("127.0.0.1", 1)) == "127.0.0.1:1"


@pytest.mark.parametrize(
    ("written", "size"),
    [("4096", 4096), ("128KiB", 131072), ("128kB", 131072), ("1M", 2**20), ("1 GiB", 2**30)],
)
def test_a_size_is_bytes_or_has_a_unit(written, size):
    assert values.size(0, 2**31)(written) == size


@pytest.mark.parametrize("written", ["", "big", "-1", "1.5M", "4 parsecs", "10bb"])
def test_anything_else_is_no_size(written):
    with pytest.raises(ValueError, match="expected a number of bytes"):
        values.size(0, 2**31)(written)


def test_a_size_outside_its_range_is_refused():
    with pytest.raises(ValueError, match="expected from 4096 to 8192 bytes"):
        values.size(4096, 8192)("4095")


@pytest.mark.parametrize("written", ["-1", "11", "ten", "", "1.0", "\u0661"])
def test_a_whole_number_keeps_to_its_range(written):
    with pytest.raises(ValueError, match="from 0 to 10"):
        values.whole_number(0, 10)(written)


@pytest.mark.parametrize(
    ("written", "octets"),
    [
        ("0", 0),
        ("10", 10),
        ("10k", 10240),
        ("10kiB", 10240),
        ("10kB", 10_000),
        ("10M", 10 * 2**20),
        ("50MB", 50_000_000),
        ("10mib", 10 * 2**20),
        ("2GB", 2_000_000_000),
        ("2GiB", 2 * 2**30),
        ("1T", 2**40),
    ],
)
def test_an_amount_of_memory_counts_as_in_rabbitmq(written, octets):
    assert values.amount(written) == octets


@pytest.mark.parametrize("written", ["", "10B", "10iB", "10 GB", "1.5GB", "-1", "10Gi", "banana"])
def test_anything_else_is_no_amount(written):
    with pytest.raises(ValueError, match="such as 1073741824, 1GiB or 1GB"):
        values.amount(written)


def test_an_amount_that_no_machine_has_is_refused():
    with pytest.raises(ValueError, match="expected at most"):
        values.amount("9999999999999T")


def test_a_share_may_be_nothing_and_all():
    assert [values.share(1)(written) for written in ("0", "0.4", "1", "1.0")] == [0, 0.4, 1, 1]


@pytest.mark.parametrize("written", ["1.1", "-0.1", "40%", "", "inf"])
def test_anything_else_is_no_share(written):
    with pytest.raises(ValueError, match="expected a number from 0 to 1"):
        values.share(1)(written)


def test_a_fraction_is_more_than_nothing_and_less_than_all():
    assert values.fraction("0.5") == 0.5


@pytest.mark.parametrize("written", ["0", "0.0", "1", "1.0", "-0.5", ".5", "1e-3", "nan", "half"])
def test_anything_else_is_no_fraction(written):
    with pytest.raises(ValueError, match="expected a number between 0 and 1"):
        values.fraction(written)


def test_booleans_are_written_in_four_ways():
    assert all(values.boolean(word) for word in ("true", "on", "yes", "1", "True"))
    assert not any(values.boolean(word) for word in ("false", "off", "no", "0"))
    with pytest.raises(ValueError, match="expected true or false"):
        values.boolean("maybe")


def test_milliseconds_become_seconds():
    assert values.milliseconds("2500") == 2.5


def test_a_node_name_without_a_host_gets_this_one():
    parse = values.node_name("hare")
    assert parse("leveret") == "leveret@hare"
    assert parse("mq1@burrow") == "mq1@burrow"


@pytest.mark.parametrize("written", ["", "@", "a@b@c", "a b", "../x", "a/b@c"])
def test_a_node_name_that_could_leave_its_directory_is_refused(written):
    with pytest.raises(ValueError, match="expected NAME or NAME@HOST"):
        values.node_name("hare")(written)


def test_a_word_outside_the_list_is_refused_with_the_list():
    assert values.one_of("text", "json")("JSON") == "json"
    with pytest.raises(ValueError, match="expected one of text, json"):
        values.one_of("text", "json")("xml")


def test_rabbitmq_calls_the_text_format_plaintext():
    assert values.log_format("plaintext") == "text"


def test_names_are_none_or_a_list():
    assert values.names("none") == frozenset()
    assert values.names("guest, app") == {"guest", "app"}
    with pytest.raises(ValueError, match="must not be empty"):
        values.names("guest,")


def test_a_home_directory_that_does_not_exist_is_refused():
    with pytest.raises(ValueError, match="no such home directory"):
        values.path("~nobody-of-that-name/mq")


def test_a_pattern_must_be_a_regular_expression():
    assert values.pattern("^jobs") == "^jobs"
    assert values.pattern("") == ""
    with pytest.raises(ValueError, match="it is no regular expression"):
        values.pattern("(")


def test_a_tilde_in_a_path_is_the_home_directory(monkeypatch):
    monkeypatch.setenv("HOME", "/home/hare")
    assert str(values.path("~/mq")) == "/home/hare/mq"


@pytest.mark.parametrize("written", ["local_filesystem", "local", "LOCAL"])
def test_definitions_come_from_files(written):
    assert values.import_backend(written) == "local_filesystem"


@pytest.mark.parametrize(
    ("written", "reason"), [("https", "from files only"), ("ftp", "expected one of local_filesys")]
)
def test_definitions_come_from_nowhere_else(written, reason):
    with pytest.raises(ValueError, match=reason):
        values.import_backend(written)


def test_values_of_a_family_gather():
    assert values.add_value(frozenset({"/"}), "2", "other") == {"/", "other"}
    with pytest.raises(ValueError, match="must not be empty"):
        values.add_value(frozenset(), "1", "")


def test_a_limit_is_a_number_or_infinity():
    parse = values.number_or_infinity(10)
    assert (parse("infinity"), parse("Infinity"), parse("7")) == (0, 0, 7)
    for written in ("0", "11", "none", ""):
        with pytest.raises(ValueError, match="expected a whole number from 1 to 10"):
            parse(written)
