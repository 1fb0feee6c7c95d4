"""Slips that editors make in the shipped flows, each with the finding that must come of it."""
