"""Other tools in the same run, each doing what it was made for; what cannot be had is named with the reason."""
