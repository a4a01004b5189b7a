"""The JSON dialects that the CAs speak."""
