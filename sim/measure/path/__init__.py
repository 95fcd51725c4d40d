"""Measures of the data path: docs/measures.md, "The data path". They read the journal and nothing else."""
