"""The fast path: plans compiled to specialised functions over generated Structs. It leaves the rest to the generic one."""
