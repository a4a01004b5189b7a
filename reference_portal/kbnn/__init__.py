"""The State Treasury's registration of a budget unit (seed 004): a portal of its own, in the same books and the same app."""
