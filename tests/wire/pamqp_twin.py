"""pamqp as a second opinion: every method of ours has a twin there, written by another hand.

The comparison goes argument by argument: same names, same domains, same order, same bytes.
"""

from functools import cache

from pamqp import commands

from leveret.wire.methods import METHODS

# Values that fill every octet of their domain, plus what pamqp can carry too (its longlong is
# signed, its long strings are text, its tables are sorted by name and choose narrow integers).
SAMPLES = {
    "octet": 0xA5,
    "short": 0xBEEF,
    "long": 0xDEADBEEF,
    "longlong": 0x7EDCBA9876543210,
    "shortstr": "gänsefüßchen",
    "longstr": "süß\x00and salty".encode(),
    "table": {"a-string": "schön", "b-flag": True, "c-table": {"d": None}, "e-list": ["f", False]},
    "bit": True,
}


def methods_of(module):
    """The methods that a module of leveret.wire.methods declares."""
    return [kind for kind in METHODS.values() if kind.__module__ == module.__name__]


def examples_of(module):
    """For each method: as it is by default, with each argument set alone, and with all set."""
    return [example for kind in methods_of(module) for example in _examples(kind)]


def _examples(kind):
    values = {name: SAMPLES[domain] for name, domain in kind.layout}
    one_set = [kind(**{name: value}) for name, value in values.items()]
    return [kind(), *one_set, kind(**values)] if len(values) > 1 else [kind(), *one_set]


def layout_by_pamqp(kind):
    """What pamqp calls the arguments of a method, and of what domain they are."""
    twin = commands.INDEX_MAPPING[kind.index]
    return tuple((name, twin.amqp_type(name)) for name in twin.attributes())


def written_by_pamqp(method):
    """The method's payload, encoded by pamqp."""
    twin = _twin(method.index)()
    for name, domain in method.layout:
        value = getattr(method, name)
        setattr(twin, name, value.decode() if domain == "longstr" else value)
    return method.index.to_bytes(4, "big") + twin.marshal()


def read_by_pamqp(payload):
    """The arguments that pamqp finds in a payload, long strings as bytes again."""
    index = int.from_bytes(payload[:4], "big")
    twin = _twin(index)()
    twin.unmarshal(payload[4:])
    return [
        getattr(twin, name).encode() if twin.amqp_type(name) == "longstr" else getattr(twin, name)
        for name in twin.attributes()
    ]


@cache
def _twin(index):
    """pamqp's class, with nothing but its layout."""
    original = commands.INDEX_MAPPING[index]
    manners = {
        "__slots__": original.__slots__,
        # pamqp also has opinions on which values and methods a client should send.
        "__init__": lambda _self: None,
        "validate": lambda _self: None,
    }
    return type(original.__name__, (original,), manners)
