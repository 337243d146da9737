"""The page that people look at after a run, or during one: `programs/report.py RUN`, `result.to_html(path)`."""
