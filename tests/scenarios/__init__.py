"""Hand-made federations, one module a topic: the routed answer must be the one schema's, in as few fetches as argued."""
