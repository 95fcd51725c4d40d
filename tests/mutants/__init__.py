"""Mutants: bugs planted in the engine one at a time, each of which a proof must notice."""
