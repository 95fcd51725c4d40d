"""Series of a run over time: what is true at moments that lie close together where something happens."""
