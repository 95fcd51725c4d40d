"""Floor 6: many trials of one scenario, or of several side by side, judged together."""
