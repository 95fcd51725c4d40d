"""Kinds of faults of the lakehouse."""
