"""The phone by HTTP."""
