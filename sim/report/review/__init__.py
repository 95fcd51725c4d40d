"""What a review needs of a run, worked out once for every page: ``review_of(document)``."""
