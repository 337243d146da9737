"""Whether a simulated customer keeps to its story and to what it said itself."""
