"""How much of what happens, and how fast: samples of the domain's counters, and rates of them."""
