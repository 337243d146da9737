"""What was written down elsewhere: replies of models and people, preferences, saved evaluations."""
