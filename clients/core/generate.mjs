/**
 * Writes src/introspection.d.ts from ../schema.graphql and src/operations.ts from ../operations/*.graphql.
 * `--check` writes nothing and exits 1 when either is stale; both exit 1 when an operation is not valid in the schema.
 */
import { readFile, readdir, writeFile } from "node:fs/promises";
import { basename } from "node:path";

import { minifyIntrospection, outputIntrospectionFile } from "@gql.tada/internal";
import { buildSchema, introspectionFromSchema, Kind, parse, stripIgnoredCharacters, validate } from "graphql";

const here = (path) => new URL(path, import.meta.url);
const header = "// Written by `npm run generate -w core`; change ../schema.graphql or ../operations instead.\n";

async function readOperations() {
  const folder = here("../operations/");
  const files = (await readdir(folder)).filter((name) => name.endsWith(".graphql")).sort();
  return Promise.all(
    files.map(async (file) => {
      const text = await readFile(new URL(file, folder), "utf-8");
      return { name: basename(file, ".graphql"), text: text.trim(), document: parse(text) };
    }),
  );
}

/** One file holds one operation, named like the file: that is how clients, tests and traces find each other. */
function misnamed({ name, document }) {
  const names = document.definitions.map((each) =>
    each.kind === Kind.OPERATION_DEFINITION ? each.name?.value : `fragment ${each.name.value}`,
  );
  return names.length === 1 && names[0] === name ? [] : [`${name}.graphql holds ${names.join(", ")}`];
}

function typedModule(operations) {
  const constants = operations.map(({ name, text }) => {
    const comment = [...text.matchAll(/^# ?(.*)$/gm)].map((match) => match[1]).join(" ");
    // On one line: the document to read is the one in ../operations.
    const source = stripIgnoredCharacters(text);
    return `/** ${comment} */\nexport const ${name} = graphql(\`${source}\`);\n`;
  });
  return [
    header,
    'import type { Agrees } from "./agreement";',
    'import { graphql } from "./graph";\n',
    constants.join("\n"),
    "/** Does not compile when an operation asks for a field that the schema does not have. */",
    `export const operationsAgree: Agrees<[${operations.map(({ name }) => `typeof ${name}`).join(", ")}]> = true;\n`,
  ].join("\n");
}

const schema = buildSchema(await readFile(here("../schema.graphql"), "utf-8"));
const operations = await readOperations();
const faults = operations.flatMap((operation) => [
  ...misnamed(operation),
  ...validate(schema, operation.document).map((error) => `${operation.name}.graphql: ${error.message}`),
]);

const introspection = minifyIntrospection(introspectionFromSchema(schema, { descriptions: false }));
const outputs = [
  ["src/introspection.d.ts", header + outputIntrospectionFile(introspection, { fileType: ".d.ts", shouldPreprocess: true, preamble: "" })],
  ["src/operations.ts", typedModule(operations)],
];
for (const [path, text] of outputs) {
  if (!process.argv.includes("--check")) await writeFile(here(path), text);
  else if ((await readFile(here(path), "utf-8").catch(() => "")) !== text) {
    faults.push(`clients/core/${path} is stale: run \`npm run generate -w core\` in clients`);
  }
}
for (const fault of faults) console.error(fault);
process.exit(faults.length > 0 ? 1 : 0);
