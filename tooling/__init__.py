"""What stands behind `./dev`: makes the environment, runs the shop, checks and tests the code. Nothing imports it."""
