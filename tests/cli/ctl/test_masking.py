"""Secrets do not get through; what help is given by does."""

import pytest

from leveret.cli.ctl.masking import masked


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("default_pass = s3cret", "default_pass = ***"),
        ("ssl_options.password=s3cret", "ssl_options.password=***"),
        ("default_pass\ts3cret", "default_pass\t***"),
        ('{default_pass,<<"s3cret">>}', "{default_pass,***}"),
        ("[{password,'s3cret'},{port,5672}]", "[{password,***},{port,5672}]"),
        ('{"password_hash": "s3/c\\"ret=", "name": "a"}', '{"password_hash": ***, "name": "a"}'),
        ("amqp://app:s3cret@hare:5672/v", "amqp://app:***@hare:5672/v"),
        ('{"uri":"amqps://app:s3%40cret@hare"}', '{"uri":"amqps://app:***@hare"}'),
        ("cookie: s3cret", "cookie: ***"),
        ("API_TOKEN=s3cret", "API_TOKEN=***"),
        ("the password is s3cret", "the password is ***"),
    ],
)
def test_secrets_are_covered(text, told):
    assert masked(text) == told


@pytest.mark.parametrize(
    "text",
    [
        "vhosts:\n/\napp\n",
        "password_hashing_module = rabbit_password_hashing_sha256",
        "cookie_file = /home/me/.leveret.cookie",
        "amqp://hare:5672/v",
        "listeners.tcp.1 = 127.0.0.1:5672",
        "compass direction north",
        "",
    ],
)
def test_what_is_no_secret_stays(text):
    assert masked(text) == text
