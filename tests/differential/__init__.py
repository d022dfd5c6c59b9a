"""Random federations against one schema holding everything: the routed answer must be the same answer."""
