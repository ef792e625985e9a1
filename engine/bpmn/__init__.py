"""Run BPMN models: the only importer of SpiffWorkflow, and ignorant of petitions."""
