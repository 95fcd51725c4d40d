"""What can happen in a run: each kind of milestone is declared once, in a room of this package.

Journals, phases of a recovery, stories, conditions, documents and docs read the declarations.
"""

from sim.core.milestones import failover, faults, flows, store
from sim.core.milestones.declaration import Happening, kinds_of

# name -> what it carries
KINDS: dict[str, type[Happening]] = {
    name: kind for room in (faults, store, failover, flows) for name, kind in kinds_of(room)
}
