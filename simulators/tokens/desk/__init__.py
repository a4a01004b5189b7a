"""Giving tokens, and signing with them."""
