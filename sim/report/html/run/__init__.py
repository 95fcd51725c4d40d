"""The page of a run: what a meeting needs first, then the replay with its charts, then everything else."""
