"""Results for people and for programs: the terminal page, the JSON document, the run folder."""
