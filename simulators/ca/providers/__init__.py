"""One file, one provider."""
