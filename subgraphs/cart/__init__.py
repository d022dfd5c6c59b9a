"""Cart owns what somebody means to buy: the lines, and the price they saw when they put each there."""
