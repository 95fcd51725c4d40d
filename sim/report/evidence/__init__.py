"""A dated record of a drill, for auditors: what was tested, what came out, and what was never tested."""
