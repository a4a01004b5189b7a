"""What every provider stands on: time, chance, records, journal, deliveries, faults, certificates, citizens, contracts, prompts."""
