"""One file for each gateway that is simulated."""
