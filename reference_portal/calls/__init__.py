"""How the portal speaks to each provider, written from the provider's own document."""
