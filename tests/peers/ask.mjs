/**
 * Asks gateways: reads {"sdl"} lines, which both serve from then on, and {"gateway", "query", "variables"} lines, each answered
 * by a line. `node ask.mjs`
 */
import { createHash } from "node:crypto";
import { createInterface } from "node:readline";

import { ApolloGateway } from "@apollo/gateway";
import { createGatewayRuntime } from "@graphql-hive/gateway-runtime";
import { unifiedGraphHandler } from "@graphql-hive/router-runtime";
import { getOperationAST, parse } from "graphql";

const silent = { trace() {}, debug() {}, info() {}, warn() {}, error() {}, child: () => silent };

async function apollo(supergraphSdl) {
  const gateway = new ApolloGateway({ supergraphSdl, logger: silent });
  const { schema, executor } = await gateway.load();
  const ask = (query, variables) => {
    const document = parse(query);
    return executor({
      document,
      request: { query, variables },
      operation: getOperationAST(document),
      queryHash: createHash("sha256").update(query).digest("hex"),
      context: {},
      metrics: {},
      cache: new Map(),
      schema,
      logger: silent,
    });
  };
  return { ask, stop: () => gateway.stop() };
}

async function hive(supergraph) {
  const runtime = createGatewayRuntime({
    supergraph,
    unifiedGraphHandler,
    logging: false,
    maskedErrors: false,
    landingPage: false,
    graphiql: false,
  });
  const ask = async (query, variables) => {
    const response = await runtime.fetch("http://localhost/graphql", {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ query, variables }),
    });
    return response.json();
  };
  return { ask, stop: () => runtime[Symbol.asyncDispose]() };
}

let serving = {};
for await (const line of createInterface({ input: process.stdin })) {
  const { sdl, gateway, query, variables } = JSON.parse(line);
  let answer = null;
  try {
    if (sdl === undefined) {
      answer = await serving[gateway].ask(query, variables);
    } else {
      for (const each of Object.values(serving)) await each.stop();
      serving = { "@apollo/gateway": await apollo(sdl), "@graphql-hive/gateway": await hive(sdl) };
    }
  } catch (thrown) {
    answer = { errors: [{ message: String(thrown?.message ?? thrown) }] };
  }
  process.stdout.write(`${JSON.stringify(answer)}\n`);
}
process.exit(0);
