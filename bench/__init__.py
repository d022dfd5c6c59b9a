"""Measurements of the router, always beside others or beside itself in one run: ratios, not times."""
