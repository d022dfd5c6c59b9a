"""Inventory owns how much of each SKU lies where, and who has a hold on it.

What other subgraphs may rely on, when they reserve under a key of their own:

- `stockReserve` holds all lines or none. Asked again with the same key and lines it answers the same reservation; a
  hold that has run out, swept or not, is held anew for a new time if everything is still there (else StockShort, and
  it stays EXPIRED). Other lines under a known key are refused (IdempotencyKeyReused), and so is a key that was
  released (ReservationClosed), for good: a request to reserve that was given up and arrives late holds nothing.
- `stockCommit` sells what is held; what has expired must be reserved again first.
- `stockRelease` gives back what is held or sold, and closes a key nobody reserved with. What is shipped, be it in
  part, cannot be released (ReservationShipped).
- An order reserves under its id: `OrderShipped` and `OrderReturned` move the stock that is committed under it.
"""
