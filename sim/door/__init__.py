"""The Python door: scenarios, runs, studies and comparisons as objects, their results as DataFrames."""
