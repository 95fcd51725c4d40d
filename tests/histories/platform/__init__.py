"""Histories of the data path with answers known by hand."""
