"""What the simulators cost: CPU ratios from one run, beside other tools, with everything counted and checked."""
