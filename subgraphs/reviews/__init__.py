"""Reviews owns what people say about catalogue items, and the rating that follows from it."""
