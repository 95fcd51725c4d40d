"""Faults: each kind is one file, found by its name; ``kinds.py`` lists them."""
