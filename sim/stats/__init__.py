"""Floor 1: arrays in, estimates out."""
