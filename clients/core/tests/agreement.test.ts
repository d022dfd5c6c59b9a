/** `tsc` itself refuses a document that asks for what the schema does not have; here it is run on such documents. */
import { fileURLToPath } from "node:url";

import ts from "typescript";
import { describe, expect, test } from "vitest";

const folder = fileURLToPath(new URL("../src/", import.meta.url));
const configFile = fileURLToPath(new URL("../tsconfig.json", import.meta.url));

/** What tsc says of a module in src/ that states that `document` agrees with the schema. */
function complaints(document: string): string[] {
  const file = `${folder}stated.ts`;
  const source = `
    import type { Agrees } from "./agreement";
    import { graphql } from "./graph";
    const Document = graphql(\`${document}\`);
    export const agrees: Agrees<[typeof Document]> = true;
  `;
  const { options } = ts.parseJsonConfigFileContent(ts.readConfigFile(configFile, ts.sys.readFile).config, ts.sys, folder);
  const host = ts.createCompilerHost(options);
  const { getSourceFile, fileExists } = host;
  host.fileExists = (name) => name === file || fileExists(name);
  host.getSourceFile = (name, ...rest) =>
    name === file ? ts.createSourceFile(name, source, ts.ScriptTarget.ES2023) : getSourceFile(name, ...rest);
  const program = ts.createProgram([file], options, host);
  return ts.getPreEmitDiagnostics(program).map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, "\n"));
}

describe("tsc", () => {
  test("accepts a document that agrees with the schema", () => {
    expect(complaints("query Good($first: Int) { me { id } products(first: $first) { edges { cursor } } }")).toEqual([]);
  });

  test.each([
    ["query Bad { me { nickname } }", "data.me.nickname"],
    ["query Bad { products { edges { node { variants { barcode } } } } }", "barcode"],
    ["query Bad($input: NoSuchInput!) { me { id } }", "variables.input"],
  ])("refuses %s and names %s", (document, name) => {
    expect(complaints(document).join("\n")).toContain(name);
  });
});
