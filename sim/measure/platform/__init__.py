"""Measures across stages: what each holds, how old it is, and where records went."""
