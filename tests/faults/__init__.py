"""Processes killed on purpose; what must come through all the same."""
