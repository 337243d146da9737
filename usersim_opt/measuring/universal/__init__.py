"""Universal guards: what no reply may hold, whatever the scenario; decided by code."""
