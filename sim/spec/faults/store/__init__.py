"""Kinds of faults of databases, their load and their controllers."""
