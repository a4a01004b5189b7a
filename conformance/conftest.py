"""Makes `pytest conformance/` certify a portal: the plugin in its parts."""

pytest_plugins = ("conformance.plugin", "conformance.judging", "conformance.fixtures")
