"""Stores: databases in regions, their replication, failover and way back."""
