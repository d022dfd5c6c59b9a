"""Inventory owns how much of each SKU lies where, and who has a hold on it."""
