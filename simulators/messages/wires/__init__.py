"""How messages come in: the generic SMS gateway and SMTP."""
