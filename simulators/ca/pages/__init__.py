"""Templates of the CAs' app."""
