"""Kinds of faults of outboxes, buses, mirrors and readers."""
