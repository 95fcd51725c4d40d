"""Histories with known answers: hand-made ones, good and bad, and random ones with a naive judge."""
