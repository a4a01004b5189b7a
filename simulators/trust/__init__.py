"""The status services of the world's certificates: root and CAs to fetch, OCSP, CRL and timestamps."""
