/** Typed client of the shop's graph: `new Shop({ url }).ask(Home, { first: 12 })`. */
export { Shop, type Options } from "./client";
export { AnsweredErrors, Fault, NotGraphQL, Unreachable, type GraphError } from "./errors";
export { graphql, type Json, type ResultOf, type VariablesOf } from "./graph";
export { InMemory, type Keyring, type Keys } from "./keys";
export * from "./operations";
export type { Answer } from "./transport";
