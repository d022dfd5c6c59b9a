/**
 * Whether gateways take supergraphs: reads {"id", "gateway", "sdl"} lines, answers {"id", "gateway", "error"} lines, error null for
 * one that loaded. `node load.mjs < supergraphs.jsonl`
 */
import { createInterface } from "node:readline";

import { ApolloGateway } from "@apollo/gateway";
import { createGatewayRuntime } from "@graphql-hive/gateway-runtime";
import { unifiedGraphHandler } from "@graphql-hive/router-runtime";

const silent = { trace() {}, debug() {}, info() {}, warn() {}, error() {}, child: () => silent };

async function apollo(sdl) {
  const gateway = new ApolloGateway({ supergraphSdl: sdl, logger: silent });
  const { schema } = await gateway.load();
  await gateway.stop();
  if (schema.getQueryType() == null) throw new Error("it loaded without a query type");
}

async function hive(sdl) {
  const runtime = createGatewayRuntime({
    supergraph: sdl,
    unifiedGraphHandler,
    logging: false,
    maskedErrors: false,
    landingPage: false,
    graphiql: false,
  });
  try {
    const response = await runtime.fetch("http://localhost/graphql", {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ query: "{ __schema { queryType { name } types { name } } }" }),
    });
    const answer = JSON.parse(await response.text());
    if (answer.data?.__schema.queryType.name == null) throw new Error(answer.errors?.[0]?.message ?? response.status);
  } finally {
    await runtime[Symbol.asyncDispose]();
  }
}

const gateways = { "@apollo/gateway": apollo, "@graphql-hive/gateway": hive };

for await (const line of createInterface({ input: process.stdin })) {
  const { id, gateway, sdl } = JSON.parse(line);
  let error = null;
  try {
    await gateways[gateway](sdl);
  } catch (thrown) {
    error = String(thrown?.message ?? thrown).replace(/\s+/g, " ");
  }
  process.stdout.write(`${JSON.stringify({ id, gateway, error })}\n`);
}
process.exit(0);
