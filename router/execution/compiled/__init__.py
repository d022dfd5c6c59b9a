"""Plans compiled to specialised functions over generated Structs: the fast path. The generic executor answers what it refuses."""
