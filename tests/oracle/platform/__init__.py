"""The naive twin of the data path: every record a SimPy event, every rule as the contract states it."""
