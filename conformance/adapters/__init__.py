"""The clients that reach a portal: over HTTP by the Portal Test Interface, and a template for a vendor's own."""
