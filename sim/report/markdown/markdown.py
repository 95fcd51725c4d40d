"""What Markdown can tell of: a run."""

from sim.report.markdown.run import of_run

__all__ = ["of_run"]
