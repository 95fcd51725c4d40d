"""What a result depends on beside scenario and seed: versions, our sources, and the processor's features."""

import platform
from functools import cache
from hashlib import sha256
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

LIBRARIES = ("numpy", "numba", "llvmlite", "simpy", "scipy")


@cache
def fingerprint() -> dict[str, str]:
    """Return what must be equal for results to be equal bit for bit.

    Compiled code may round differently on a processor with other features (fused multiplication, vectors), so
    these belong to it.
    """
    from llvmlite import binding

    features = sha256(binding.get_host_cpu_features().flatten().encode()).hexdigest()[:12]
    return {
        "python": platform.python_version(),
        **{name: _version(name) for name in LIBRARIES},
        "sim": _sources(),
        "libc": "-".join(platform.libc_ver()),
        "processor": f"{platform.machine()} {binding.get_host_cpu_name()} {features}",
    }


def differences(study: dict[str, str], here: dict[str, str]) -> str:
    """Name what differs between where a study began and ``here``, and how; "" if nothing does."""
    return "; ".join(
        f"{name} is {here.get(name)} here and {study.get(name)} in the study"
        for name in sorted(set(study) | set(here))
        if study.get(name) != here.get(name)
    )


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return "none"


def _sources() -> str:
    """Return a short hash of this package's code."""
    package = Path(__file__).parent.parent
    digest = sha256()
    for path in sorted(package.rglob("*.py")):
        digest.update(str(path.relative_to(package)).encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()[:12]
