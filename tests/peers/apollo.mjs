/**
 * Apollo Gateway behind the smallest HTTP server that will do: `node apollo.mjs supergraph.graphql PORT`.
 * It plans and executes; it neither validates tokens nor adds headers beyond handing on who asks.
 */
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { createServer } from "node:http";

import { ApolloGateway, RemoteGraphQLDataSource } from "@apollo/gateway";
import { getOperationAST, parse, validate } from "graphql";

const [file, port] = process.argv.slice(2);
const handedOn = ["authorization", "x-cart-token"];

class HandingOn extends RemoteGraphQLDataSource {
  willSendRequest({ request, context }) {
    for (const name of handedOn) if (context.headers?.[name]) request.http.headers.set(name, context.headers[name]);
  }
}

const logger = { debug() {}, info() {}, warn: console.warn, error: console.error };
const gateway = new ApolloGateway({
  supergraphSdl: readFileSync(file, "utf-8"),
  buildService: ({ url }) => new HandingOn({ url }),
  logger,
});
const { schema, executor } = await gateway.load();

async function answer({ query, variables = {}, operationName = null }, headers) {
  const document = parse(query);
  const errors = validate(schema, document);
  if (errors.length > 0) return { errors };
  const request = { query, variables, operationName };
  return executor({
    document,
    request,
    operationName,
    operation: getOperationAST(document, operationName),
    queryHash: createHash("sha256").update(query).digest("hex"),
    context: { headers },
    metrics: {},
    cache: new Map(),
    schema,
    logger,
  });
}

createServer(async (request, response) => {
  if (request.url === "/health") return response.end("ok");
  let body = "";
  for await (const chunk of request) body += chunk;
  const result = await answer(JSON.parse(body), request.headers).catch((error) => ({ errors: [{ message: error.message }] }));
  response.setHeader("Content-Type", "application/json");
  return response.end(JSON.stringify(result));
}).listen(Number(port), "127.0.0.1");
