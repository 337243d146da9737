"""What a reply is worth: jobs, checks and judges, pairs, evaluations, how far a judge is right."""
