"""The thin shells: they load, let the core decide, and save."""
