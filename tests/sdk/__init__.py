"""Plivo's official SDKs, unmodified, against the running stack."""
