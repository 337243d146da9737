"""Writing scenarios and rubrics with a model, and the linter's rules."""
