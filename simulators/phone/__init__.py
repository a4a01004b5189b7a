"""A citizen's phone: SMS, mails and the prompts of signing apps; answered by hand, by an API or by a script."""
