"""What a run will take, worked out from its scenario before it begins."""
