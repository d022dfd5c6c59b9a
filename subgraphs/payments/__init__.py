"""Payments owns money on its way: authorizations, captures, voids and refunds, and the ways a customer pays."""
