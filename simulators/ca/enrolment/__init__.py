"""How a person becomes a subscriber of a CA: states and their table, papers, prices, payments; pure, it is given the time."""
