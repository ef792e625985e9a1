"""Run petitions through the published procedure: rules, process engine, tables, use cases. No web in here."""
