"""Exploration: chance walks through dossiers on any portal, a small model says what may come, and a failure becomes a story."""
