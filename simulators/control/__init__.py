"""The control side: contracts, citizens, faults, the journal; for checks and laboratories, never for a portal."""
