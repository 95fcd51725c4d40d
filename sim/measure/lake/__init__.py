"""Measures of the lakehouse: tables, late data, and what dashboards rest on."""
