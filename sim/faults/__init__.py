"""Floor 3: faults as overlays on dials, with exact undo."""
