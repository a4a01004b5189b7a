"""Signed files, right and wrong, each with the reason planted in it, for whoever judges signatures."""
