"""The front page: every URL, secret and citizen to copy, for the person who runs the world."""
