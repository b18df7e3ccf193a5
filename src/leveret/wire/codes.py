"""The numbers of AMQP 0-9-1: reply codes (book 1.2) and the errors this package raises."""

from enum import IntEnum


class ReplyCode(IntEnum):
    """A reply code. The name is how RabbitMQ begins the reply text."""

    SUCCESS = 200
    CONTENT_TOO_LARGE = 311
    NO_ROUTE = 312
    NO_CONSUMERS = 313
    CONNECTION_FORCED = 320
    INVALID_PATH = 402
    ACCESS_REFUSED = 403
    NOT_FOUND = 404
    RESOURCE_LOCKED = 405
    PRECONDITION_FAILED = 406
    FRAME_ERROR = 501
    SYNTAX_ERROR = 502
    COMMAND_INVALID = 503
    CHANNEL_ERROR = 504
    UNEXPECTED_FRAME = 505
    RESOURCE_ERROR = 506
    NOT_ALLOWED = 530
    NOT_IMPLEMENTED = 540
    INTERNAL_ERROR = 541

    @property
    def is_hard(self) -> bool:
        """It closes the connection, where others close the channel."""
        return self >= ReplyCode.FRAME_ERROR or self in (
            ReplyCode.CONNECTION_FORCED,
            ReplyCode.INVALID_PATH,
        )


class MalformedFrame(ValueError):
    """Bytes that no reading of the book makes sense of."""


class UnknownMethod(MalformedFrame):
    """A class and method id that the book does not have."""

    def __init__(self, index: int) -> None:
        super().__init__(f"unknown method {index >> 16}.{index & 0xFFFF}")
        self.index = index


class MalformedText(MalformedFrame):
    """A short string of a method that is not UTF-8."""
