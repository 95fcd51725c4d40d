"""Why a recovery took as long as it did, what would shorten it most, and why records are lost."""
