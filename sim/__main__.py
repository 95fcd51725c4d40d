"""The command ``sim``, as it is installed, and ``python -m sim``."""

import sys


def entry() -> None:
    """Run the command with the process's arguments, and end the process.

    Ctrl-C is provided for before anything else is imported.
    """
    try:
        from sim.cli.interrupt import guarded
    except KeyboardInterrupt:
        sys.exit(130)
    sys.exit(guarded(_command))


def _command() -> int:
    from sim.cli.main import run

    return run(sys.argv[1:])


if __name__ == "__main__":
    entry()
