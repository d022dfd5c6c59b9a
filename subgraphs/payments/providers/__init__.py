"""Who moves the money: the port every payment provider is spoken to through, and the providers behind it."""
