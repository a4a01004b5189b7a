"""Payment gateways: a payment from the signed pay URL to its notice, its return and its query."""
