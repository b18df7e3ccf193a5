"""What is known of a vhost, and the type of queue that it gives."""

import pytest

from leveret.broker.errors import InvalidParameter
from leveret.broker.queues.queue import QueueOptions
from leveret.broker.vhost_metadata import NO_METADATA, VhostMetadata


@pytest.mark.parametrize("queue_type", [None, "classic", "quorum", "stream"])
def test_known_types_of_queues_may_be_the_default(queue_type):
    VhostMetadata(default_queue_type=queue_type).check()


def test_other_types_may_not():
    with pytest.raises(InvalidParameter, match=r"^invalid_queue_type$"):
        VhostMetadata(default_queue_type="heap").check()


LASTING = {"durable": True, "exclusive": False, "auto_delete": False}


@pytest.mark.parametrize("queue_type", ["quorum", "stream"])
def test_only_what_lasts_can_be_a_quorum_queue_or_a_stream(queue_type):
    metadata = VhostMetadata(default_queue_type=queue_type)
    assert metadata.queue_type(**LASTING) == queue_type
    for change in ({"durable": False}, {"exclusive": True}, {"auto_delete": True}):
        assert metadata.queue_type(**{**LASTING, **change}) is None


def test_anything_can_be_classic():
    metadata = VhostMetadata(default_queue_type="classic")
    assert metadata.queue_type(durable=False, exclusive=True, auto_delete=True) == "classic"


def test_without_a_default_nothing_is_said():
    assert NO_METADATA.queue_type(**LASTING) is None


def test_a_queue_declared_without_a_type_has_the_vhosts():
    metadata = VhostMetadata(default_queue_type="quorum")
    options = QueueOptions(durable=True)
    assert metadata.with_default_type(options).arguments == {"x-queue-type": "quorum"}
    chosen = QueueOptions(durable=True, arguments={"x-queue-type": "classic"})
    assert metadata.with_default_type(chosen) is chosen
    transient = QueueOptions()
    assert metadata.with_default_type(transient) is transient
