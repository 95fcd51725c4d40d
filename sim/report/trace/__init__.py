"""A run as trace events, for Perfetto and other viewers of traces."""
