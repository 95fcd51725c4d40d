"""The command line. Nothing here computes: each command calls the floors below and prints the answer.

Commands import what is heavy when they run, not before, so that help and completion answer at once.
"""
