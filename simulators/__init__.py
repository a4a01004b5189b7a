"""Simulators of the providers around a Vietnamese public-service portal: login, remote signing, payment, messages."""

VERSION = "0.1.0"
