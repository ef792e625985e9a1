"""Carry out the use cases: plain functions on a session that never commit."""
