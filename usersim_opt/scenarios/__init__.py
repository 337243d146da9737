"""Tasks, scenarios and rubrics as data: kinds, records, checks; read, split, sampled, written."""
