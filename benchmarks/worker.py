"""One benchmark's work in a process of its own, so that the one who measures stays small.

Prints one JSON document.
"""

import importlib
import json
import sys

if __name__ == "__main__":
    name, size = sys.argv[1:]
    print(json.dumps(importlib.import_module(f"benchmarks.{name}").work(size)))
