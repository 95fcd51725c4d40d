"""The lakehouse: stream jobs, tables, their copies in other regions, and insights."""
