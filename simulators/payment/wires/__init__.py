"""The gateways' foreign words: one module for each thing that a gateway says."""
