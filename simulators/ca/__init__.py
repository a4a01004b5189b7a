"""Certification authorities with remote signing, and the national hub in front of them."""
