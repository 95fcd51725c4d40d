"""Histories of orders that several domains fulfil, with answers known by hand."""
