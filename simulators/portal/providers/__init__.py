"""The profiles of the national login, one file each."""
