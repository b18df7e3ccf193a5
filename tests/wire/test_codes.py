"""Reply codes and the errors of the wire."""

from pamqp import exceptions

from leveret.wire.codes import MalformedFrame, ReplyCode, UnknownMethod

# pamqp lists errors only.
NOT_IN_PAMQP = {ReplyCode.SUCCESS}


def test_the_reply_codes_and_their_names_are_those_of_pamqp():
    by_pamqp = {
        code: error.name.replace("-", "_") for code, error in exceptions.CLASS_MAPPING.items()
    }
    ours = {code.value: code.name for code in ReplyCode if code not in NOT_IN_PAMQP}
    assert ours == by_pamqp


def test_a_reply_code_is_its_number():
    assert ReplyCode.NOT_FOUND == 404
    assert f"{ReplyCode.NOT_FOUND:d}" == "404"


def test_an_unknown_method_names_class_and_method_id():
    unknown = UnknownMethod(0x003C_00FF)
    assert str(unknown) == "unknown method 60.255"
    assert unknown.index == 0x003C_00FF
    assert isinstance(unknown, MalformedFrame)


def test_a_hard_error_closes_the_connection_and_another_the_channel():
    soft = {code.name for code in ReplyCode if not code.is_hard}
    assert soft == {
        "SUCCESS",
        "CONTENT_TOO_LARGE",
        "NO_ROUTE",
        "NO_CONSUMERS",
        "ACCESS_REFUSED",
        "NOT_FOUND",
        "RESOURCE_LOCKED",
        "PRECONDITION_FAILED",
    }
