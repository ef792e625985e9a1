"""Serve the pages citizens and staff use: parse, call one service, render."""
