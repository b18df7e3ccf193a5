"""What `promtool check metrics` would complain of, and what its format forbids.

`lint(page)` gives complaints, each beginning with the metric it is about; a good page has none.
The rules are promlint's (client_golang), and those of the text format, version 0.0.4.
"""

import re
from dataclasses import dataclass, field

NAME = re.compile(r"[a-z_][a-z0-9_]*\Z")
LABEL = re.compile(r"[a-zA-Z_][a-zA-Z0-9_]*\Z")
SAMPLE = re.compile(r"(?P<name>[^\s{]+)(?:\{(?P<labels>.*)\})? (?P<value>\S+)\Z")
PAIR = re.compile(r'(?P<name>[^=,]+)="(?P<value>(?:[^"\\]|\\["\\n])*)"(?:,|\Z)')
KINDS = {"counter", "gauge", "untyped"}
# Units by their abbreviations, and units that are not the base unit.
ABBREVIATIONS = {"s", "ms", "us", "ns", "sec", "b", "kb", "mb", "gb", "tb", "pb", "m", "h", "d"}
NOT_BASE = {
    "milliseconds", "microseconds", "nanoseconds", "minutes", "hours", "days", "kilobytes",
    "megabytes", "gigabytes", "bits", "percent",
}  # fmt: skip
RESERVED = ("_count", "_sum", "_bucket", "_created")


@dataclass
class Told:
    """What a page says of one metric."""

    kind: str = ""
    help: str | None = None
    is_over: bool = False
    lines: set[str] = field(default_factory=set)


def lint(page):
    return [*_form(page), *_names(_metrics(page))]


def _metrics(page):
    """Name to kind."""
    return dict(line.split(" ")[2:4] for line in page.splitlines() if line.startswith("# TYPE "))


# Names ------------------------------------------------------------------------------------------


def _names(metrics):
    for name, kind in metrics.items():
        words = set(name.split("_"))
        if not NAME.match(name):
            yield f"{name}: names are lower case, with underscores"
        if kind not in KINDS:
            yield f"{name}: {kind} is no kind of metric"
        if (kind == "counter") is not name.endswith("_total"):
            yield f"{name}: counters end in _total, and nothing else does"
        if name.endswith(RESERVED):
            yield f"{name}: this ending belongs to summaries"
        if words & {"counter", "gauge", "untyped", "summary", "histogram"}:
            yield f"{name}: a name does not tell the kind"
        if words & (ABBREVIATIONS | NOT_BASE):
            yield f"{name}: base units, written out"


# Form -------------------------------------------------------------------------------------------


def _form(page):
    if page and not page.endswith("\n"):
        yield "page: the last line does not end"
    told: dict[str, Told] = {}
    yield from _lines(page.splitlines(), told)
    for name, metric in told.items():
        if metric.help is None:
            yield f"{name}: no help"
        if not metric.kind:
            yield f"{name}: no type"


def _lines(lines, told):
    current = ""
    for line in lines:
        if not line:
            yield "page: an empty line"
            continue
        name = line.split(" ")[2] if line.startswith("# ") else re.split(r"[\s{]", line)[0]
        if name != current and current:
            told[current].is_over = True
        current = name
        metric = told.setdefault(name, Told())
        if metric.is_over:
            yield f"{name}: its lines do not stand together"
        yield from _comment(line, name, metric) if line.startswith("#") else _line(line, metric)


def _comment(line, name, metric):
    _hash, keyword, _name, rest = line.split(" ", 3)
    if metric.lines:
        yield f"{name}: {keyword} comes after a sample"
    if keyword == "TYPE":
        if metric.kind:
            yield f"{name}: a second TYPE"
        metric.kind = rest
    elif keyword == "HELP":
        if metric.help is not None:
            yield f"{name}: a second HELP"
        if not rest.strip():
            yield f"{name}: an empty help"
        metric.help = rest
    else:
        yield f"{name}: {keyword} is no keyword"


def _line(line, metric):
    found = SAMPLE.match(line)
    if found is None:
        yield f"{line.split('{')[0]}: not a sample: {line}"
        return
    name, labels = found["name"], found["labels"] or ""
    if labels in metric.lines:
        yield f"{name}: twice the same labels: {labels}"
    metric.lines.add(labels)
    pairs = list(PAIR.finditer(labels))
    if "".join(pair[0] for pair in pairs) != labels:
        yield f"{name}: labels that cannot be read: {labels}"
    names = [pair["name"] for pair in pairs]
    if len(set(names)) != len(names) or not all(map(LABEL.match, names)):
        yield f"{name}: bad names of labels: {labels}"
    try:
        float(found["value"])
    except ValueError:
        yield f"{name}: not a number: {found['value']}"
