"""Universal guards: what no reply of a customer may hold, whatever the scenario; decided by code."""
