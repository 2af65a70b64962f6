"""Downloads that are made in the background and kept for a day: stored exports."""
