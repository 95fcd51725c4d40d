"""What the package must not contain: hidden randomness, wall clocks, overgrown or unnamed pieces."""

import ast
import builtins
from collections import defaultdict

import pytest

from sim.core.milestones import KINDS
from sim.core.stages import CONSUMERS, STAGES
from tests.repo.sources import ROOT, dotted, functions, imports, modules

RANDOM = ("random", "uuid", "secrets", "numpy.random")
CLOCKS = ("time", "datetime")
# Where the work of a run is measured, and nowhere else.
STOPWATCH = ("sim/cli/", "sim/door/", "sim/trial", "sim/studies/work")
CALLS = ("np.random", "numpy.random", "os.urandom", "hash")
NAMELESS = {"utils", "helpers", "common", "manager", "base", "misc", "util", "helper"}
LINES_MAX, FUNCTION_LINES_MAX, POSITIONAL_MAX = 400, 60, 4


def banned_imports(path, tree):
    """Imports of randomness, and of clocks where none is allowed."""
    for line, name in imports(tree):
        stopwatch = name == "time.perf_counter" and path.startswith(STOPWATCH)
        if not stopwatch and any(name == ban or name.startswith(ban + ".") for ban in (*RANDOM, *CLOCKS)):
            yield f"{path}:{line}: {name}"


def banned_calls(path, tree):
    """Calls whose answer differs from one process to the next."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            name = dotted(node.func)
            if any(name == ban or name.startswith(ban + ".") for ban in CALLS) or name.endswith(
                "default_rng"
            ):
                yield f"{path}:{node.lineno}: {name}"


def test_no_randomness_and_no_clock():
    """Draws come from one door and time from the simulation."""
    found = [
        f
        for path, tree in modules().items()
        for f in (*banned_imports(path, tree), *banned_calls(path, tree))
    ]
    assert found == []


@pytest.mark.parametrize(
    ("path", "source"),
    [
        ("sim/x.py", "import random"),
        ("sim/x.py", "from uuid import uuid4"),
        ("sim/x.py", "from time import perf_counter"),
        ("sim/cli/x.py", "from time import time"),
        ("sim/x.py", "import datetime"),
        ("sim/x.py", "def f(np):\n    return np.random.default_rng(1)"),
        ("sim/x.py", "from numpy.random import default_rng"),
        ("sim/x.py", "key = hash('us-east')"),
    ],
)
def test_the_check_finds_each_ban(path, source):
    """Each way to randomness or a clock is seen."""
    tree = ast.parse(source)
    assert [*banned_imports(path, tree), *banned_calls(path, tree)]


def test_modules_are_short():
    """No module has more than 400 lines."""
    lengths = {path: len((ROOT / path).read_text("utf-8").splitlines()) for path in modules()}
    assert {path: n for path, n in lengths.items() if n > LINES_MAX} == {}


def test_functions_are_short():
    """No function has more than 60 lines, its docstring included."""
    found = [
        f"{path}:{f.lineno}: {f.name} has {f.end_lineno - f.lineno + 1} lines"
        for path, tree in modules().items()
        for f in functions(tree)
        if f.end_lineno - f.lineno + 1 > FUNCTION_LINES_MAX
    ]
    assert found == []


def compiled(function):
    """Whether numba compiles a function: its kernels take arrays by position."""
    names = [dotted(d.func if isinstance(d, ast.Call) else d) for d in function.decorator_list]
    ours = ("compiled", "inlined", "inner", "merged", "drawn", "outlined", "allocating")
    return any(name in ours or name.endswith(("jit", "intrinsic", "overload")) for name in names)


def test_functions_take_few_arguments_by_position():
    """Beyond four, arguments are named at the call; compiled kernels and packings are the exception."""
    found = [
        f"{path}:{f.lineno}: {f.name}"
        for path, tree in modules().items()
        for f in functions(tree)
        if not compiled(f)
        and path != "sim/core/identity.py"
        and len([a for a in (*f.args.posonlyargs, *f.args.args) if a.arg not in ("self", "cls")])
        > POSITIONAL_MAX
    ]
    assert found == []


# What has bits that are no identity: hashes and draws, and floats taken apart.
SHIFTING = {
    "sim/core/identity.py",
    "sim/engine/sampling.py",
    "sim/engine/circle/inbox.py",
    "sim/measure/compiled.py",
    "sim/measure/digest.py",
    "sim/stats/bootstrap.py",
    "sim/stats/histogram.py",
}


def test_identities_are_packed_in_one_place():
    """Bits are shifted in the module of identities and in hashes alone; halving an index is no packing."""
    found = [
        f"{path}:{node.lineno}"
        for path, tree in modules().items()
        for node in ast.walk(tree)
        if isinstance(node, ast.BinOp | ast.AugAssign)
        and isinstance(node.op, ast.LShift | ast.RShift)
        and not (isinstance(node, ast.BinOp) and ast.unparse(node.right) == "1")
        and path not in SHIFTING
    ]
    assert found == []


# What models may know of a circle: its door, what numbers mean, and how one is built.
DOOR = {"door", "kinds", "building"}


def behind_the_door(path, tree):
    """Imports, outside the engine, of what is inside a circle."""
    for line, name in imports(tree):
        inside = name.removeprefix("sim.engine.circle.").split(".")[0]
        if (
            name.startswith("sim.engine.circle.")
            and inside not in DOOR
            and not path.startswith("sim/engine/")
        ):
            yield f"{path}:{line}: {name}"


def test_a_circle_has_one_door():
    """Whatever is not the engine speaks to a circle through its door."""
    assert [found for path, tree in modules().items() for found in behind_the_door(path, tree)] == []


def test_what_is_behind_the_door_is_found():
    """An import of the records or of a kernel is seen."""
    for source in ("from sim.engine.circle import records", "from sim.engine.circle.load import feed"):
        assert [*behind_the_door("sim/models/x.py", ast.parse(source))]


def test_every_file_has_a_noun():
    """No module is named for having no name."""
    words = {path: set(path.removesuffix(".py").replace("_", "/").split("/")) for path in modules()}
    assert [path for path, parts in words.items() if parts & NAMELESS] == []


def test_broad_excepts_are_two_at_most():
    """Only a study's loop and the command's last resort may catch everything."""
    found = [
        f"{path}:{node.lineno}"
        for path, tree in modules().items()
        for node in ast.walk(tree)
        if isinstance(node, ast.ExceptHandler)
        and (node.type is None or dotted(node.type) in ("Exception", "BaseException"))
    ]
    assert len(found) <= 2, found


# Bases that carry no behaviour to look up, or belong to a library's own idiom.
BASES = {
    "Protocol",
    "Component",  # answers for one that has nothing to say, and nothing more
    "NamedTuple",
    "TypedDict",
    "click.Group",
    "click.ClickException",
    "pytest.File",
    "pytest.Item",
    "simpy.Environment",
    "types.Type",  # of numba
    "AttributeTemplate",
    "Enum",
    "IntEnum",
    "StrEnum",
}
BASES |= {
    name for name, value in vars(builtins).items() if isinstance(value, type) and issubclass(value, Exception)
}


def test_no_inheritance():
    """Outside the scenario models a class has no base but a component, protocol, record or exception."""
    found = [
        f"{path}:{node.lineno}: {node.name}({dotted(base)})"
        for path, tree in modules().items()
        if not path.startswith("sim/spec/")
        for node in ast.walk(tree)
        if isinstance(node, ast.ClassDef)
        for base in node.bases
        if dotted(base.value if isinstance(base, ast.Subscript) else base) not in BASES
    ]
    assert found == []


FIELDS = ("sim/core/stages.py", "sim/spec/", "sim/estimate/")  # there such words are fields of scenarios


def stage_literals(path, tree):
    """Texts that are a stage's name, alone or with a place, where the declaration should be read."""
    heads = {stage.name for stage in STAGES if stage.each != CONSUMERS}
    for node in ast.walk(tree):
        text = node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""
        if {text.strip("/."), text.partition("/")[0]} & heads and " " not in text:
            yield f"{path}:{node.lineno}: {text!r}"


def test_stages_are_named_once():
    """No module but the declaration names a stage of the data path."""
    named = {path: tree for path, tree in modules().items() if not path.startswith(FIELDS)}
    assert [f for path, tree in named.items() for f in stage_literals(path, tree)] == []


@pytest.mark.parametrize("source", ["x = 'raw'", "x = f'mirror/{region}'", "x = f'{domain}.outbox'"])
def test_the_check_finds_a_stage_that_is_named(source):
    """Each way to write a stage's name is seen."""
    assert [*stage_literals("sim/x.py", ast.parse(source))]


def milestones_by_name(tree):
    """Yield the line of each place that names a kind of milestone in a text.

    Names of several words wherever they stand; a single word, which may mean anything else, where it is
    compared with a ``kind``.
    """
    said = {name for name in KINDS if "." in name or "_" in name}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and node.value in said:
            yield node.lineno
        elif isinstance(node, ast.Compare):
            sides = [_last_word(side) for side in (node.left, *node.comparators)]
            texts = {inner.value for inner in ast.walk(node) if isinstance(inner, ast.Constant)}
            if "kind" in sides and texts & set(KINDS):
                yield node.lineno


def _last_word(node):
    """The name of an attribute, of a variable, or of an entry that is looked up by a text."""
    if isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Constant):
        return node.slice.value
    return dotted(node).rpartition(".")[2]


def test_milestones_are_named_where_they_are_declared():
    """Elsewhere a milestone is its class: nobody compares texts."""
    found = [
        f"{path}:{line}"
        for path, tree in modules().items()
        if not path.startswith("sim/core/milestones/")
        for line in milestones_by_name(tree)
    ]
    assert found == []


@pytest.mark.parametrize(
    "source",
    [
        "x = 'primary.lost'",
        "if m.kind == 'promoted':\n    pass",
        "kind in ('kept', 'declared')",
        "one['kind'] == 'kept'",
    ],
)
def test_the_check_finds_milestones_by_name(source):
    """A dotted name anywhere, and a word that is compared with a kind."""
    assert [*milestones_by_name(ast.parse(source))]


# Names that two classes may have, and why.
SHARED_NAMES = {
    "Scenario": "a user of Python holds it as a file; read, it has the same name in the schema",
}


def doubled_classes(trees):
    """Return where each class is whose name another class has too, by name."""
    places = defaultdict(list)
    for path, tree in trees.items():
        for node in ast.walk(tree):
            if isinstance(node, ast.ClassDef):
                places[node.name].append(path)
    return {name: found for name, found in places.items() if len(found) > 1}


def test_a_class_name_means_one_thing():
    """No two classes have one name, but those that are named with a reason."""
    assert doubled_classes(modules()).keys() == SHARED_NAMES.keys()


def test_the_check_finds_doubled_classes():
    """Two classes of one name are seen in two modules, in one, and inside of another."""
    one = ast.parse("class Tally:\n    class Row: ...\nclass Row: ...\nclass Own: ...")
    two = ast.parse("def f():\n    class Tally: ...")
    found = {"Tally": ["one", "two"], "Row": ["one", "one"]}
    assert doubled_classes({"one": one, "two": two}) == found
