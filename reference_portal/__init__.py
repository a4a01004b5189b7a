"""The reference portal: a correct public-service portal, as small as the checks allow; a foreign system that shares no code."""
