"""Measures of a store: what it lost, what readers saw, how exposed it was."""
