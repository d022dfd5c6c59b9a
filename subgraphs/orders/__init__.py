"""Orders owns purchases: checkout, what was bought at which price, and every event of an order's life."""
