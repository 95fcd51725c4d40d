"""Says which cases are compared."""

from .numbers import told


def pytest_report_header() -> str:
    """Print the numbers of the generated cases."""
    return told()
