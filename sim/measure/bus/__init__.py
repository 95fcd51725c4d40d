"""Measures of the event path: what buses held, what monitors showed, what replays brought."""
