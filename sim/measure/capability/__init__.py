"""Measures of capabilities: how long each was down, and why."""
