"""References made from the code: of the scenario language, and of what a run says."""
