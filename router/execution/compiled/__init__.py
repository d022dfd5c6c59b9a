"""The fast path: plans compiled to functions over generated Structs. It leaves the rest to the generic executor."""
