"""Compiled kernels as files: what was compiled from other sources is never loaded, nor what is damaged."""

import ast
import os
import subprocess
import sys
from pathlib import Path

import pytest

from sim.engine import kept, sources
from sim.engine.compiled import compiled
from sim.engine.sampling import ns

ROOT = Path(__file__).parents[3]
MODULES = {".".join(path.relative_to(ROOT).with_suffix("").parts): path for path in ROOT.glob("sim/**/*.py")}


def direct(path):
    """Every name of ours that a file imports, read by Python's own parser."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.ImportFrom):
            yield from (node.module, *(f"{node.module}.{name.name}" for name in node.names))
        elif isinstance(node, ast.Import):
            yield from (name.name for name in node.names)


def test_what_a_module_imports_is_all_found():
    """By the search through its text, as by a parser."""
    ours = {module.removesuffix(".__init__") for module in MODULES}
    for module, path in MODULES.items():
        assert set(direct(path)) & ours <= sources.imported(module.removesuffix(".__init__")), module


@pytest.fixture
def package(tmp_path, monkeypatch):
    """Sources of modules of which each but the last imports the next."""
    (tmp_path / "sim").mkdir()
    texts = {"a": "from sim.b import (\n    x,\n)", "b": "from sim import c", "c": "", "d": ""}
    for name, text in texts.items():
        (tmp_path / "sim" / f"{name}.py").write_text(text)
    monkeypatch.setattr(sources, "_ROOT", str(tmp_path))
    forget()
    yield tmp_path / "sim"
    forget()


def forget():
    """Read sources again."""
    for cached in (sources.digest, sources._imports, sources._read):
        cached.cache_clear()


@pytest.mark.parametrize(("changed", "matters"), [("a", True), ("b", True), ("c", True), ("d", False)])
def test_a_change_in_what_a_module_imports_is_another_digest(package, changed, matters):
    """Numba looks at the file of a kernel alone, and so loaded what was made of older functions."""
    before = sources.digest("sim.a")
    (package / f"{changed}.py").write_text((package / f"{changed}.py").read_text() + "\nX = 1")
    forget()
    assert (sources.digest("sim.a") != before) == matters


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A folder for kernels, empty."""
    monkeypatch.setattr(kept, "KERNELS", str(tmp_path))
    return tmp_path


def called():
    """Whether a kernel that this process does not have yet was loaded; it gives the right result."""
    kernel = compiled(ns.py_func)
    assert kernel(2.6) == ns(2.6)
    return bool(sum(kernel.stats.cache_hits.values()))


@pytest.mark.parametrize(
    "damage",
    [
        lambda whole: b"",
        lambda whole: b"\x80",
        lambda whole: whole[:-1],
        lambda whole: whole[:9] + whole[10:],
    ],
    ids=["empty", "something else", "cut off", "a byte missing"],
)
def test_a_damaged_kernel_is_compiled_anew(folder, damage):
    """And kept anew, whole."""
    assert [called(), called()] == [False, True]
    (path,) = folder.iterdir()
    path.write_bytes(damage(path.read_bytes()))
    assert [called(), called()] == [False, True]
    assert list(folder.iterdir()) == [path]


@pytest.mark.parametrize("other", [("digest", lambda module: "0" * 12), ("_VERSIONS", ("numba 0",))])
def test_kernels_of_another_version_are_not_loaded(folder, monkeypatch, other):
    """Whether our sources are others or numba is; both are kept side by side."""
    called()
    with monkeypatch.context() as patched:
        patched.setattr(kept, *other)
        assert not called()
    assert called() and len(list(folder.iterdir())) == 2


def test_without_a_place_a_kernel_is_compiled_and_not_kept(folder, monkeypatch):
    """A folder that is full or cannot be written to ends nothing."""
    monkeypatch.setattr(kept, "KERNELS", str(folder / "none"))
    assert [called(), called()] == [False, False]


def test_kernels_least_recently_used_are_dropped(folder, monkeypatch):
    """Those of old versions, which nobody reads any more."""
    monkeypatch.setattr(kept, "FILES_MAX", 1)
    kept._drop_old.cache_clear()
    (folder / "old.kernel").touch()
    os.utime(folder / "old.kernel", (1e9, 1e9))
    assert not called()
    assert [path.name.split("-")[0] for path in folder.iterdir()] == ["sim.engine.sampling.ns"]


def test_two_processes_may_compile_the_same_kernel(tmp_path):
    """Both have the right one, and one file is left."""
    code = "from sim.engine.sampling import ns; assert ns(2.6) == 3"
    env = {"PYTHONPATH": str(ROOT), "SIM_CACHE_DIR": str(tmp_path)}
    both = [subprocess.Popen([sys.executable, "-c", code], env=env) for _ in range(2)]
    assert [process.wait() for process in both] == [0, 0]
    (path,) = tmp_path.iterdir()
    assert path.name.startswith("sim.engine.sampling.ns-") and path.suffix == ".kernel"
