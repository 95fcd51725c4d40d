"""Kinds of faults of regions and links."""
