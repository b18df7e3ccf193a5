"""RabbitMQ's JSON read into entries; what is wrong or unknown in it is told by section and entry.

Every entry is looked at, so that all faults are told at once.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

import msgspec

from leveret.broker.definitions.document import Remark
from leveret.broker.definitions.importing import Unimportable
from leveret.broker.definitions.steps import walked
from leveret.definitions.entries import ALSO, FORMS

if TYPE_CHECKING:
    from leveret.broker.definitions.document import Entry
    from leveret.broker.definitions.steps import Steps

# What a document says of itself, its RabbitMQ and its vhost.
_ABOUT: Final = frozenset(
    {
        "rabbit_version", "rabbitmq_version", "product_name", "product_version",
        "rabbitmq_definition_format", "original_cluster_name", "original_vhost_name",
        "explanation",
    }
)  # fmt: skip
# What a document of one vhost says of it.
_OF_A_VHOST: Final = frozenset(
    {"metadata", "limits", "description", "tags", "default_queue_type", "name"}
)
# Sections whose entries are in no vhost, or say themselves in which.
_OF_THE_BROKER: Final = frozenset(
    {"users", "vhosts", "permissions", "topic_permissions", "global_parameters"}
)
# The keys by which a reader knows an entry again.
_NAMES: Final = ("name", "user", "source")


@dataclass(slots=True)
class Document:
    """skipped: what was not understood, and is no fault."""

    entries: list[Entry] = field(default_factory=list)
    skipped: list[Remark] = field(default_factory=list)


def read_document(data: bytes, vhost: str | None = None) -> Document:
    """Raises Unimportable.

    vhost: put everything there, as a document of one vhost names none.
    """
    return walked(reading_steps(data, vhost))


def reading_steps(data: bytes, vhost: str | None = None) -> Steps[Document]:
    """The same, entry by entry."""
    told = _decode(data)
    reading = _Reading(vhost, _version(told))
    for section in FORMS:
        yield from reading.steps(section, told.get(section, []))
    reading.remark_keys(told)
    if reading.faults:
        raise Unimportable(reading.faults)
    return reading.document


def _decode(data: bytes) -> dict[str, object]:
    # RabbitMQ too takes an empty file for an empty document.
    if not data.strip():
        return {}
    try:
        told = msgspec.json.decode(data)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise _malformed(_placed(str(error), data)) from error
    except RecursionError:
        raise _malformed("it is nested too deep") from None
    if not isinstance(told, dict):
        raise _malformed("expected an object of sections")
    return told


def _malformed(reason: str) -> Unimportable:
    return Unimportable([Remark("document", "JSON", reason)])


def _placed(reason: str, data: bytes) -> str:
    """The reason with line and column for the octet that it names."""
    found = re.search(r" \(byte ([0-9]+)\)", reason)
    if found is None:
        return reason
    before = data[: int(found[1])]
    line, column = before.count(b"\n") + 1, len(before) - before.rfind(b"\n")
    return f"{reason[: found.start()]} (line {line}, column {column})"


def _version(told: dict[str, object]) -> str:
    """Of the RabbitMQ that wrote it."""
    version = told.get("rabbitmq_version", told.get("rabbit_version"))
    return version if isinstance(version, str) else ""


class _Reading:
    """Goes through the sections and keeps what it finds."""

    def __init__(self, vhost: str | None, version: str) -> None:
        self.document = Document()
        self.faults: list[Remark] = []
        self._vhost = vhost
        self._version = version
        # Keys that no entry of the section has, and in how many entries.
        self._unknown: Counter[tuple[str, str]] = Counter()

    def steps(self, section: str, told: object) -> Steps[None]:
        if not isinstance(told, list):
            self.faults.append(Remark(section, "section", f"expected a list, {_found(told)}"))
            return
        if told and self._vhost is not None and not _is_in_vhosts(section):
            reason = f"only what belongs into vhost '{self._vhost}' is taken"
            self.document.skipped.append(Remark(section, counted(len(told)), reason))
            return
        for number, entry in enumerate(told, start=1):
            self._read_entry(section, number, entry)
            yield

    def _read_entry(self, section: str, number: int, told: object) -> None:
        if not isinstance(told, dict):
            fault = Remark(section, f"entry {number}", f"expected an object, {_found(told)}")
            self.faults.append(fault)
            return
        form = FORMS[section]
        if self._vhost is not None:
            told = told | {"vhost": self._vhost}
        try:
            entry = msgspec.convert(told, form).entry(self._version)
        except msgspec.ValidationError as error:
            self.faults.append(Remark(section, _which(number, told), _worded(str(error))))
        except ValueError as error:
            self.faults.append(Remark(section, _which(number, told), str(error)))
        else:
            self.document.entries.append(entry)
        unknown = told.keys() - set(form.__struct_encode_fields__) - ALSO.get(section, frozenset())
        self._unknown.update((section, key) for key in unknown)

    def remark_keys(self, told: dict[str, object]) -> None:
        """Say which keys nobody knows, in the document and in its entries."""
        for key in sorted(told.keys() - FORMS.keys() - _ABOUT - _OF_A_VHOST):
            self.document.skipped.append(Remark(key, "section", "this section is not known"))
        for (section, key), count in sorted(self._unknown.items()):
            remark = Remark(section, f"key '{key}' of {counted(count)}", "this key is not known")
            self.document.skipped.append(remark)


def _is_in_vhosts(section: str) -> bool:
    return section not in _OF_THE_BROKER


def _which(number: int, told: dict[str, object]) -> str:
    """The entry as a reader of the document finds it."""
    name = next((told[key] for key in _NAMES if isinstance(told.get(key), str)), None)
    return f"entry {number}" if name is None else f"entry {number}, '{name}'"


def _found(told: object) -> str:
    words = {type(None): "null", dict: "an object", list: "a list", str: "a string"}
    return f"found {words.get(type(told), 'a number or boolean')}"


def _worded(reason: str) -> str:
    """msgspec names the place last and as a path."""
    what, _, path = reason.partition(" - at `$")
    what = what.replace("`", "'").replace("Object missing required field", "it has no")
    return f"{path.strip('.`')}: {what}" if path else what


def counted(entries: int) -> str:
    return "1 entry" if entries == 1 else f"{entries} entries"
