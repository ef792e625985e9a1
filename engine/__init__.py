"""Run petitions through the published procedure: rules, process engine, tables, use cases; knows nothing of the web."""
