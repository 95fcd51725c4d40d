"""What can be watched of a run: states as step functions of time, series, and where to look first."""
