"""The ports of mirroring are what its neighbours have."""

import inspect

import pytest

from leveret.cluster.metadata.catalogue import OwnThings
from leveret.cluster.mirroring import ports
from leveret.cluster.mirrors.moves import Move
from leveret.cluster.mirrors.store import MirrorStore
from leveret.cluster.remote.homes import Homes


@pytest.mark.parametrize(
    ("port", "kind"),
    [
        (ports.Store, MirrorStore),
        (ports.Move, Move),
        (ports.Stand, Homes),
        (ports.Engine, OwnThings),
    ],
)
def test_who_stands_behind_a_port_has_its_verbs(port, kind):
    verbs = {name: each for name, each in vars(port).items() if inspect.isfunction(each)}
    said = {name: each for name, each in verbs.items() if not name.startswith("_")}
    assert said
    for name, verb in said.items():
        own = getattr(kind, name)
        assert inspect.iscoroutinefunction(own) == inspect.iscoroutinefunction(verb)
        assert list(inspect.signature(own).parameters) == list(inspect.signature(verb).parameters)
