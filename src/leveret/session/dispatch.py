"""Which method means what: the one table from AMQP methods to handlers.

A handler takes the channel and the method, and gives the reply, if there is one, or says what it
waits for (later.py); a refusal it raises, and the channel translates.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, TypeAlias, TypeVar, cast

from leveret.session import basic, exchange, queue, transaction
from leveret.wire import methods
from leveret.wire.methods import Method

if TYPE_CHECKING:
    from collections.abc import Callable

    from leveret.session.channel import Channel
    from leveret.session.later import Answer

M = TypeVar("M", bound=Method)
Handler: TypeAlias = "Callable[[Channel, Method], Answer]"


def _row(kind: type[M], handler: Callable[[Channel, M], Answer]) -> tuple[int, Handler]:
    # The index picks the handler, so the method it gets is of its kind.
    return kind.index, cast("Handler", handler)


HANDLERS: Final[dict[int, Handler]] = dict(
    (
        _row(methods.AccessRequest, basic.request_access),
        _row(methods.ChannelFlow, basic.flow),
        _row(methods.ExchangeDeclare, exchange.declare),
        _row(methods.ExchangeDelete, exchange.delete),
        _row(methods.ExchangeBind, exchange.bind),
        _row(methods.ExchangeUnbind, exchange.unbind),
        _row(methods.QueueDeclare, queue.declare),
        _row(methods.QueueBind, queue.bind),
        _row(methods.QueueUnbind, queue.unbind),
        _row(methods.QueuePurge, queue.purge),
        _row(methods.QueueDelete, queue.delete),
        _row(methods.BasicQos, basic.qos),
        _row(methods.BasicConsume, basic.consume),
        _row(methods.BasicCancel, basic.cancel),
        _row(methods.BasicCancelOk, basic.cancelled),
        _row(methods.BasicGet, basic.get),
        _row(methods.BasicAck, basic.ack),
        _row(methods.BasicNack, basic.nack),
        _row(methods.BasicReject, basic.reject),
        _row(methods.BasicRecover, basic.recover),
        _row(methods.BasicRecoverAsync, basic.recover_async),
        _row(methods.ConfirmSelect, basic.select_confirms),
        _row(methods.TxSelect, transaction.select),
        _row(methods.TxCommit, transaction.commit),
        _row(methods.TxRollback, transaction.rollback),
    )
)
