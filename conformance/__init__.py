"""The conformance suite: it meets the simulators and the portal under test over HTTP only."""
