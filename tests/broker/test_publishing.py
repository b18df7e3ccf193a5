"""What properties ask of the broker, and RabbitMQ's words for what they may not ask."""

import pytest

from leveret.broker.argument_values import TIME_MS_MAX
from leveret.broker.errors import PreconditionFailed
from leveret.broker.message import Traits
from leveret.broker.publishing import read
from leveret.broker.users import User
from leveret.wire.properties import Properties

GUEST = User("guest", b"")


def refusal(user=GUEST, **properties):
    with pytest.raises(PreconditionFailed) as refused:
        read(Properties(**properties), user)
    return str(refused.value)


@pytest.mark.parametrize(
    "properties",
    [
        Properties(),
        Properties(content_type="text/plain", headers={"a": 1}, message_id="m", timestamp=7),
        Properties(delivery_mode=1),
        Properties(priority=0),
        Properties(reply_to="q"),
        Properties(user_id="guest"),
    ],
)
def test_ordinary_properties_ask_for_nothing(properties):
    reading = read(properties, GUEST)
    assert reading.is_plain
    assert reading.traits is None
    assert reading.headers == (properties.headers or {})


@pytest.mark.parametrize(
    ("properties", "traits"),
    [
        (Properties(priority=5), Traits(None, 5)),
        (Properties(expiration="60000"), Traits(60000, 0)),
        (Properties(expiration="0"), Traits(0, 0)),
        (Properties(expiration="+5", priority=255), Traits(5, 255)),
        (Properties(expiration="007"), Traits(7, 0)),
        (Properties(delivery_mode=2), Traits(None, 0, is_persistent=True)),
        (Properties(delivery_mode=1, priority=5), Traits(None, 5)),
        (Properties(expiration=str(TIME_MS_MAX)), Traits(TIME_MS_MAX, 0)),
    ],
)
def test_time_priority_and_persistence_are_for_the_queue_to_know(properties, traits):
    reading = read(properties, GUEST)
    assert reading.traits == traits
    assert reading.is_plain


@pytest.mark.parametrize(
    ("expiration", "problem"),
    [
        ("", "no_integer"),
        ("soon", "no_integer"),
        ("-", "no_integer"),
        ("+-5", "no_integer"),
        ("5s", '{leftover_string,"s"}'),
        ("5.5", '{leftover_string,".5"}'),
        ("-1", "{value_negative,-1}"),
        ("315360000001", "{value_too_large,315360000001}"),
    ],
)
def test_an_expiration_that_is_no_time_is_refused(expiration, problem):
    assert refusal(expiration=expiration) == f"invalid expiration '{expiration}': {problem}"


def test_digits_of_other_scripts_are_no_digits():
    assert refusal(expiration="٣").endswith("no_integer")


def test_an_expiration_of_many_digits_is_refused_and_not_computed():
    assert "value_too_large" in refusal(expiration="9" * 255)


@pytest.mark.parametrize("mode", [0, 3, 255])
def test_an_unknown_delivery_mode_is_refused(mode):
    assert refusal(delivery_mode=mode) == f"invalid message: {{delivery_mode_unknown,{mode}}}"


def test_a_user_id_is_the_users_own():
    assert refusal(user_id="ada") == (
        "user_id property set to 'ada' but authenticated user was 'guest'"
    )


def test_an_impersonator_may_borrow_a_user_id():
    butler = User("butler", b"", frozenset({"impersonator"}))
    assert read(Properties(user_id="ada"), butler).is_plain


def test_copies_go_to_further_keys():
    reading = read(Properties(headers={"CC": ["a", "b"], "BCC": ["c"]}), GUEST)
    assert reading.copy_keys == ("a", "b", "c")
    assert reading.has_blind_copies
    assert not reading.is_plain


def test_open_copies_leave_nothing_to_hide():
    reading = read(Properties(headers={"CC": ["a"]}), GUEST)
    assert not reading.has_blind_copies
    assert not reading.is_plain


def test_no_copies_are_no_change():
    assert read(Properties(headers={"CC": []}), GUEST).is_plain


def test_what_is_no_key_among_the_copies_is_passed_over():
    assert read(Properties(headers={"CC": [1, "a", None]}), GUEST).copy_keys == ("a",)


@pytest.mark.parametrize("name", ["CC", "BCC"])
def test_copies_are_a_list(name):
    assert refusal(headers={name: "a"}) == (
        f'invalid message: {{unacceptable_type_in_header,"{name}",longstr}}'
    )


def test_direct_reply_to_has_to_be_replaced():
    reading = read(Properties(reply_to="amq.rabbitmq.reply-to"), GUEST)
    assert reading.wants_direct_reply
    assert not reading.is_plain
