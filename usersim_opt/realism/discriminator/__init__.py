"""Whether a small classifier can tell real conversations from simulated ones."""
