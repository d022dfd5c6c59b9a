/** Hive Gateway as the comparison runs it: who asks is handed on, as the shop's own router does; nothing is reported. */
import { defineConfig } from "@graphql-hive/gateway";

const handedOn = ["authorization", "x-cart-token"];

export const gatewayConfig = defineConfig({
  propagateHeaders: {
    fromClientToSubgraphs: ({ request }) =>
      Object.fromEntries(handedOn.map((name) => [name, request.headers.get(name)]).filter(([, value]) => value !== null)),
  },
  reporting: undefined,
  graphiql: false,
  maskedErrors: false,
});
