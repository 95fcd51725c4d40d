"""Measured figures: how fast the simulator is, as ratios within one run where it is a comparison."""
