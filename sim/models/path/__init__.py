"""The data path of a domain: relay, bus, mirrors, readers, stream job, tables, sync, insights."""
