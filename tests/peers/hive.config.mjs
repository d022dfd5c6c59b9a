/** Hive Gateway as the comparison runs it: who asks is handed on, as the shop's own router does; nothing is reported. */
import { defineConfig } from "@graphql-hive/gateway";
import { unifiedGraphHandler } from "@graphql-hive/router-runtime";

const handedOn = ["authorization", "x-cart-token"];

export const gatewayConfig = defineConfig({
  // Hive's own query planner. The stitching that stands in without it finds no fields of an @interfaceObject on the
  // object types that implement the interface.
  unifiedGraphHandler,
  propagateHeaders: {
    fromClientToSubgraphs: ({ request }) =>
      Object.fromEntries(handedOn.map((name) => [name, request.headers.get(name)]).filter(([, value]) => value !== null)),
  },
  graphiql: false,
  maskedErrors: false,
});
