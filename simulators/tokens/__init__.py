"""USB tokens: their certificates, their PINs, and the agents on the citizen's computer that sign with them."""
