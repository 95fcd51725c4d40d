"""Floor 2: measures. Each is a reducer that reads the journal alone and yields its figures at the end."""

import sim.engine  # noqa: F401  (says where compiled code is kept, before numba is imported)
