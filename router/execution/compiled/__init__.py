"""The fast path: plans compiled to functions over generated Structs. It leaves the rest to the generic executor.

Both executors give the same bytes and ask subgraphs the same. One difference is left: what a subgraph sends unasked,
only the generic executor reads, so that a number beyond all bounds or broken UTF-8 there fails the fetch there alone.

What runs generically, always, and why:

- introspection beside data: answered by the router from the schema, in a thread, and rare;
- `@fromContext`: its values are variables of a whole request, so one lookup becomes several requests;
- objects whose type nobody tells (behind an `@interfaceObject` alone): shown by the interface's own fields;
- objects that two fetches build, or whose parts two fetches bring: one reply is not the answer, trees must be merged;
- a key that has different types, or selections, under different types of an abstract place, or types that disagree on
  the order of keys, or a value whose name in the reply is not the client's: one class cannot show all;
- a lookup below some of the types that have a field; abstract types of more than 40 members;
- a denied field under an abstract type, or one that may not be null, and members of a denied type: where their errors
  belong depends on every object;
- what no fetch brings, since the plan cannot be answered whole; `@defer` and subscriptions;
- combinations of conditions and viewers after an operation's first 32.

And for one request, with the replies that are there already: errors, nulls where none may be, replies of another shape.
"""
