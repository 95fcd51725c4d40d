"""The naive twin: the same semantics as the engine, record by record in plain SimPy, sharing nothing with it
but the draws."""
