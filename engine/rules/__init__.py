"""Decide by the rules of the trade, purely: no database, no process engine, no clock of its own."""
