"""A person looks at the verdicts that are most worth it, and rubrics and figures follow."""
