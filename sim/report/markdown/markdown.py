"""What Markdown can tell of: a run, a study, two of either."""

from sim.report.markdown.comparison import of_comparison
from sim.report.markdown.run import of_run
from sim.report.markdown.study import of_study

__all__ = ["of_comparison", "of_run", "of_study"]
