"""Settings for every test: generated cases are the same each time, so a red build can be seen again."""

import signal

from hypothesis import HealthCheck, settings

# A shell starts what it runs in the background deaf to Ctrl-C; tests interrupt what they start.
signal.signal(signal.SIGINT, signal.default_int_handler)

settings.register_profile(
    "repeatable",
    derandomize=True,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
    print_blob=True,
)
settings.load_profile("repeatable")
