"""Hold the tables, one module per concept; no behaviour beyond what a row knows of itself."""
