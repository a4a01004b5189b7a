"""SMS gateway and mail server for portals, and the inbox where a test, or a person, reads what came."""
