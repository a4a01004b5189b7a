"""The thin shell of the login: load, decide, save."""
