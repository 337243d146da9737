"""What a reply is worth: jobs, checks and judges, pairs, evaluations, and how far a judge is right."""
