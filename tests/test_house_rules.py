"""The house rules, read from the source by `ast`: which way imports point, how big things may get.

When one of these fails the message says which file and which rule; ARCHITECTURE.md says why the
arrows point as they do, CONTRIBUTING.md why the caps are what they are.
"""

import ast
import re
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "src" / "leveret"
MODULES = sorted(PACKAGE.rglob("*.py"))

# Who may import whom. A part is a package or a module right under src/leveret; `package` is
# leveret/__init__.py itself. Whatever is absent from a row is forbidden to it.
NODE = {
    "session", "protocol", "broker", "wire", "statistics",
    "config", "server", "storage", "data_directory", "definitions", "errors", "durable",
    "management", "control", "furnish", "application", "peers", "writing", "messages",
    "explaining",
}  # fmt: skip
EDGE = {
    "session", "protocol", "broker", "wire", "statistics",
    "config", "server", "definitions", "errors", "durable", "version", "unhurried", "peers",
    "writing", "messages", "explaining",
}  # fmt: skip
ARROWS = {
    "wire": set(),
    "protocol": {"wire"},
    "broker": {"wire"},
    "session": {"protocol", "broker", "wire"},
    "version": set(),
    "errors": set(),
    "config": {"errors"},
    "data_directory": {"config", "errors"},
    "server": {"session", "protocol", "broker", "wire", "config", "version", "statistics"},
    "storage": {"broker", "wire", "errors"},
    "definitions": {"broker", "wire", "errors", "version"},
    "statistics": {"session", "broker", "wire"},
    "durable": {"broker"},
    "peers": {"broker"},
    "unhurried": {"broker"},
    "writing": {"broker", "unhurried"},
    "messages": {"broker", "wire", "definitions", "unhurried"},
    "explaining": {"broker", "wire", "definitions"},
    "management": EDGE,
    "control": EDGE | {"data_directory"},
    "furnish": {"broker", "storage", "config", "definitions", "errors"},
    "application": NODE - {"application", "data_directory"} | {"cluster"},
    "node": NODE | {"version", "cluster"},
    "dial": {"wire"},
    "cluster": {
        "broker", "wire", "control", "config", "errors", "storage", "unhurried", "peers", "writing",
    },
    "perf": {"dial", "wire", "protocol", "config", "version", "errors"},
    "migrate": {"dial", "wire", "management"},
    "testing": NODE | {"node", "version"},
    "cli": NODE | {"node", "version", "dial", "perf", "migrate", "control"},
    "package": NODE | {"node", "version", "testing"},
    "__main__": {"cli"},
}  # fmt: skip

PURE = {"wire", "protocol", "broker", "session", "statistics"}
IMPURE_IMPORTS = {
    "asyncio", "socket", "os", "time", "random", "logging", "threading", "secrets", "selectors",
}  # fmt: skip

MODULE_LINES_MAX = 400
FUNCTION_LINES_MAX = 40
PARAMETERS_MAX = 6
VAGUE_NAMES = {"utils", "util", "helpers", "helper", "base", "manager", "common", "misc"}

PAGES = ("*.md", "docs/**/*.md", "examples/**/*.md", "bench/**/*.md", "tests/**/*.md")

# Exemptions: (rule, where) -> why. This list may only get shorter.
EXEMPT: dict[tuple[str, str], str] = {
    (
        "module lines",
        "management/rabbitmqadmin.py",
    ): "a node serves it, and people fetch it, as one file",
}


def name_of(path):
    return str(path.relative_to(PACKAGE))


def part_of(path):
    first = path.relative_to(PACKAGE).parts[0].removesuffix(".py")
    return "package" if first == "__init__" else first


@cache
def tree_of(path):
    return ast.parse(path.read_text(), str(path))


def is_type_checking(node):
    return isinstance(node, ast.If) and ast.unparse(node.test).endswith("TYPE_CHECKING")


def imports(path, for_types=True):
    """Every module that a module imports, wherever in it, as dotted names."""
    tree = tree_of(path)
    skipped = set()
    if not for_types:
        for node in filter(is_type_checking, ast.walk(tree)):
            skipped.update(inner for part in node.body for inner in ast.walk(part))
    for node in ast.walk(tree):
        if node in skipped:
            continue
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{name_of(path)}: relative import"
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def functions(tree):
    return (n for n in ast.walk(tree) if isinstance(n, ast.FunctionDef | ast.AsyncFunctionDef))


def lines_of(function):
    """Lines of a function, decorators and docstring left out."""
    first = function.body[0]
    has_docstring = ast.get_docstring(function, clean=False) is not None
    docstring = first.end_lineno - first.lineno + 1 if has_docstring else 0
    return function.end_lineno - function.lineno + 1 - docstring


def parameters_of(function):
    told = function.args
    named = [each.arg for each in (*told.posonlyargs, *told.args, *told.kwonlyargs)]
    return [name for name in named if name not in {"self", "cls"}]


def forbid(rule, offences):
    """Fail with every offence that no exemption covers: pairs of where it is and what it is."""
    told = [f"{where}: {what}" for where, what in offences if (rule, where) not in EXEMPT]
    assert not told, "\n".join([rule, *told])


def named_functions():
    for path in MODULES:
        for function in functions(tree_of(path)):
            yield f"{name_of(path)}:{function.name}", function


def test_every_part_has_its_arrows():
    assert {part_of(path) for path in MODULES} <= ARROWS.keys()


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_imports_point_down(path):
    part = part_of(path)
    for name in imports(path):
        package, _, rest = name.partition(".")
        if package != "leveret":
            continue
        target = rest.partition(".")[0] or "package"
        assert target == part or target in ARROWS[part], f"{part} must not import {target}: {name}"


def test_no_import_goes_in_a_circle():
    files = {".".join(("leveret", *path.relative_to(PACKAGE).with_suffix("").parts)): path
             for path in MODULES}  # fmt: skip
    files = {name.removesuffix(".__init__"): path for name, path in files.items()}

    def module(name):
        return name if name in files else name.rpartition(".")[0]

    graph = {
        name: {module(target) for target in imports(path, for_types=False)} & files.keys() - {name}
        for name, path in files.items()
    }
    while graph:
        leaves = {name for name, targets in graph.items() if not targets & graph.keys()}
        assert leaves, f"import circle among {sorted(graph)}"
        graph = {name: targets for name, targets in graph.items() if name not in leaves}


@pytest.mark.parametrize("path", [p for p in MODULES if part_of(p) in PURE], ids=name_of)
def test_the_pure_packages_touch_neither_clock_nor_chance_nor_world(path):
    impure = {name.partition(".")[0] for name in imports(path)} & IMPURE_IMPORTS
    assert not impure, f"a pure module imports {impure}"
    calls = (node.func for node in ast.walk(tree_of(path)) if isinstance(node, ast.Call))
    assert not any(isinstance(call, ast.Name) and call.id == "open" for call in calls)


def test_no_module_is_longer_than_its_cap():
    sizes = ((name_of(path), len(path.read_text().splitlines())) for path in MODULES)
    forbid("module lines", ((name, size) for name, size in sizes if size > MODULE_LINES_MAX))


def test_no_function_is_longer_than_its_cap():
    sizes = ((where, lines_of(function)) for where, function in named_functions())
    forbid("function lines", ((where, size) for where, size in sizes if size > FUNCTION_LINES_MAX))


def test_no_function_takes_more_parameters_than_its_cap():
    taken = ((where, parameters_of(function)) for where, function in named_functions())
    forbid("parameters", ((where, names) for where, names in taken if len(names) > PARAMETERS_MAX))


def test_names_say_what_a_module_is_about():
    words = {name_of(path): set(re.split(r"[_.]", path.name)) for path in MODULES}
    assert not [name for name, parts in words.items() if parts & VAGUE_NAMES]


def test_every_module_begins_with_its_story():
    silent = [
        name_of(path)
        for path in MODULES
        if path.read_text().strip() and ast.get_docstring(tree_of(path)) is None
    ]
    assert not silent


def test_every_module_with_behaviour_has_its_mirror_test():
    def mirror(path):
        inner = path.relative_to(PACKAGE)
        return ROOT / "tests" / inner.parent / f"test_{inner.name}"

    behaving = (
        path
        for path in MODULES
        if path.stem not in {"__init__", "__main__"} and any(functions(tree_of(path)))
    )
    offences = ((name_of(path), mirror(path)) for path in behaving if not mirror(path).exists())
    forbid("mirror test", ((name, f"no {file.relative_to(ROOT)}") for name, file in offences))


def test_nothing_is_left_to_do():
    marker = re.compile(r"\b(TO" + r"DO|FIX" + r"ME|XX" + r"X)\b")
    trees = [ROOT / name for name in ("src", "tests", "examples", "bench", "docs")]
    files = [path for tree in trees for ending in ("*.py", "*.md") for path in tree.rglob(ending)]
    offenders = [
        str(path.relative_to(ROOT))
        for path in files
        if "node_modules" not in path.parts and marker.search(path.read_text())
    ]
    assert not offenders


def written_pages():
    """Every page of prose in the repository; what npm installed is none of ours."""
    pages = (page for pattern in PAGES for page in ROOT.glob(pattern))
    return [page for page in pages if "node_modules" not in page.parts]


def links_of(page):
    """The files that a page links to, as paths."""
    links = re.findall(r"\]\(([^)\s#:]+)[#)]", page.read_text())
    return {(page.parent / link).resolve() for link in links}


def test_every_link_leads_somewhere():
    dead = {str(page): links for page in written_pages()
            if (links := [str(link) for link in links_of(page) if not link.exists()])}  # fmt: skip
    assert not dead


def test_the_index_mentions_every_page():
    index = ROOT / "docs" / "index.md"
    silent = set((ROOT / "docs").rglob("*.md")) - {index} - links_of(index)
    assert not {str(page.relative_to(ROOT)) for page in silent}


def test_every_exemption_is_still_needed():
    files = {where.partition(":")[0] for _, where in EXEMPT}
    assert not [name for name in files if not (PACKAGE / name).exists()]


# What others wrote is imported once, by all of them; each child then imports one module of ours.
IMPORT_EACH_ALONE = """
import importlib, os, sys

def of_others(names):
    reader, writer = os.pipe()
    if not os.fork():
        for name in names:
            importlib.import_module(name)
        os.write(writer, " ".join(sys.modules).encode())
        os._exit(0)
    os.close(writer)
    told = open(reader).read().split()
    return [name for name in told if name.partition(".")[0] not in {"leveret", "__main__"}]

def fails(name):
    child = os.fork()
    if not child:
        try:
            importlib.import_module(name)
        except BaseException as error:
            print(f"{name}: {error!r}", flush=True)
            os._exit(1)
        os._exit(0)
    return os.waitpid(child, 0)[1] != 0

for name in of_others(sys.argv[1:]):
    importlib.import_module(name)
sys.exit(any([fails(name) for name in sys.argv[1:]]))
"""


@pytest.mark.timeout(600)
def test_every_module_imports_alone():
    names = [
        ".".join(("leveret", *path.relative_to(PACKAGE).with_suffix("").parts))
        for path in MODULES
        if path.stem not in {"__init__", "__main__"}
    ]
    told = subprocess.run(
        [sys.executable, "-W", "error", "-c", IMPORT_EACH_ALONE, *names],
        capture_output=True,
        text=True,
        check=False,
    )
    assert told.returncode == 0, told.stdout + told.stderr
