"""``python -m sim`` is the command ``sim``."""

from sim.cli.main import entry

if __name__ == "__main__":
    entry()
