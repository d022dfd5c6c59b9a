/** The shop's schema as TypeScript sees it: every typed document is made by this `graphql`. */
import { initGraphQLTada } from "gql.tada";

import type { introspection } from "./introspection";

/** Anything JSON can carry; what a product's attributes hold depends on its type. */
export type Json = string | number | boolean | null | readonly Json[] | { readonly [name: string]: Json };

export const graphql = initGraphQLTada<{
  introspection: introspection;
  scalars: {
    /** Exact, so never a JavaScript number: "1299.99". */
    Decimal: string;
    /** ISO 8601 with an offset. */
    DateTime: string;
    JSON: Json;
  };
}>();

export type { ResultOf, VariablesOf } from "gql.tada";
