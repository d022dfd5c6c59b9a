// Composes as `router compose --jsonl` does: node compose.mjs COMPOSER INPUT.json OUTPUT.graphql
import { readFileSync, writeFileSync } from "node:fs";
import { parse } from "graphql";

const [, , composer, input, output] = process.argv;
const { subgraphs } = JSON.parse(readFileSync(input, "utf8"));
const { composeServices } = await import(composer);
const composed = composeServices(subgraphs.map(({ name, url, sdl }) => ({ name, url, typeDefs: parse(sdl) })));
if (composed.errors?.length) {
  console.error(composed.errors.map((error) => `${error.extensions?.code}: ${error.message}`).join("\n"));
  process.exit(1);
}
writeFileSync(output, composed.supergraphSdl);
