"""Values as rabbitmqctl's tables show them: Erlang's way of writing, as far as people see it."""

import ipaddress

from leveret.control.messages import Plain

IPV4_OCTETS = 4


def shown(value: Plain) -> str:
    """Texts bare, lists in brackets, maps as `#{name => value}`."""
    match value:
        case None:
            return ""
        case bool():
            return "true" if value else "false"
        case str():
            return value
        case list():
            return f"[{', '.join(map(shown, value))}]"
        case dict():
            return f"#{{{', '.join(f'{name} => {shown(each)}' for name, each in value.items())}}}"
        case _:
            return str(value)


def as_table(value: Plain) -> str:
    """A field table, which travels as [name, type, value] each: `[{"x-max-length",10}]`."""
    assert isinstance(value, list)
    return f"[{','.join(map(_field, value))}]"


def _field(field: Plain) -> str:
    assert isinstance(field, list)
    name, kind, value = field
    return f"{{{_quoted(str(name))},{_typed(str(kind), value)}}}"


def _typed(kind: str, value: Plain) -> str:
    match kind, value:
        case "table", _:
            return as_table(value)
        case "array", list():
            return f"[{','.join(map(_member, value))}]"
        case "longstr", str():
            return _quoted(value)
        case "void", _:
            return "undefined"
        case _:
            return shown(value)


def _member(member: Plain) -> str:
    """A member of an array, which travels as [type, value]."""
    assert isinstance(member, list)
    kind, value = member
    return _typed(str(kind), value)


def _quoted(text: str) -> str:
    if not text:
        return "[]"
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{escaped}"'


def as_definition(value: Plain) -> str:
    """A policy's definition, which travels as JSON."""
    assert isinstance(value, dict)
    each = (
        f"{{{_quoted(name)},{_quoted(said) if isinstance(said, str) else shown(said)}}}"
        for name, said in value.items()
    )
    return f"[{','.join(each)}]"


def as_address(value: Plain) -> str:
    """An address, which travels as four octets or eight numbers."""
    if not isinstance(value, list):
        return shown(value)
    numbers = [int(each) for each in value if isinstance(each, int)]
    size = 1 if len(numbers) == IPV4_OCTETS else 2
    return str(ipaddress.ip_address(b"".join(each.to_bytes(size) for each in numbers)))


def as_numbers(value: Plain) -> str:
    """The version of a protocol: `{0,9,1}`."""
    assert isinstance(value, list)
    return f"{{{','.join(map(shown, value))}}}"
