"""Products owns what is for sale: products and their variants, bundles, categories, and prices before any rule."""
