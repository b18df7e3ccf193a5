"""The banner: an example that runs as it stands, and no secrets."""

from pathlib import Path

from leveret.cli.banner import EXAMPLE, banner, client_url
from leveret.config import Listener, Listening, Settings


def test_the_banner_says_where_it_listens_and_where_it_keeps_things():
    settings = Settings(node="mq@hare", data_dir=Path("burrow"))
    http = Listening("http", "0.0.0.0", 15673)
    text = banner(settings, (Listener("127.0.0.1", 5673), Listener("::1", 5673)), (http,))
    assert "mq@hare listens on 127.0.0.1:5673, [::1]:5673." in text
    assert "Its HTTP API is at http://localhost:15673/api/" in text
    assert "What is durable is kept in burrow." in text
    assert "amqp://guest:guest@127.0.0.1:5673/%2F" in text


def test_nothing_is_said_of_an_api_that_is_not_served():
    assert "HTTP" not in banner(Settings(), (Listener("127.0.0.1", 5673),), ())


def test_the_example_has_five_lines():
    assert len(EXAMPLE.splitlines()) == 5


def test_a_password_that_was_chosen_is_not_shown():
    settings = Settings(default_user="a/b", default_pass="secret", default_vhost="orders")
    url = client_url(settings, Listener("127.0.0.1", 5672))
    assert url == "amqp://a%2Fb:PASSWORD@127.0.0.1:5672/orders"


def test_every_interface_is_reached_through_localhost():
    assert "@localhost:5672/" in client_url(Settings(), Listener("0.0.0.0", 5672))
    assert "@[::1]:5672/" in client_url(Settings(), Listener("::1", 5672))


def test_tls_has_a_scheme_of_its_own():
    url = client_url(Settings(), Listener("127.0.0.1", 5671, is_tls=True))
    assert url == "amqps://guest:guest@127.0.0.1:5671/%2F"
