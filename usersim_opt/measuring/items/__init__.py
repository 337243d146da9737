"""What each criterion of a rubric is worth as a measuring instrument: the item analysis."""
