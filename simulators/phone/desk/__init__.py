"""Answers to prompts, by hand and by script."""
