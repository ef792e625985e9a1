"""Serve the REST interface under /api/v1: parse, call one service, dump."""
