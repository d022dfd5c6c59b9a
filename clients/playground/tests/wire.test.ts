/** What the playground adds to requests and takes from answers, against a fetch that answers what the test says. */
import { beforeEach, expect, test, vi } from "vitest";

const kept = new Map<string, string>();
vi.stubGlobal("sessionStorage", {
  getItem: (name: string) => kept.get(name) ?? null,
  setItem: (name: string, value: string) => kept.set(name, value),
});

let sent: Headers[] = [];
let bodies: unknown[] = [];

function answering(...answers: object[]): void {
  vi.stubGlobal("fetch", async (_: unknown, init?: RequestInit) => {
    sent.push(new Headers(init?.headers));
    bodies.push(init?.body);
    return Response.json(answers.shift() ?? { data: {} });
  });
}

async function loaded() {
  return import("../src/wire");
}

beforeEach(() => {
  vi.resetModules();
  kept.clear();
  sent = [];
  bodies = [];
});

test("the name of an operation that the document does not have is left out", async () => {
  answering();
  const { ask } = await loaded();
  const query = "query Home { me { id } }";

  for (const operationName of ["Search", "Home"]) {
    await ask("graphql", { body: JSON.stringify({ query, operationName }) });
  }
  await ask("graphql", { body: JSON.stringify({ query: "query {", operationName: "Home" }) });

  expect(bodies.map((body) => JSON.parse(String(body)).operationName)).toEqual([undefined, "Home", "Home"]);
});

test("who signed in in the panel asks, unless a tab says otherwise", async () => {
  answering();
  const { ask, visitor } = await loaded();
  visitor.value = { name: "Nora", accessToken: "token" };

  await ask("graphql", { headers: { Authorization: "" } });
  await ask("graphql", { headers: { Authorization: "Bearer other" } });

  expect(sent.map((headers) => headers.get("Authorization"))).toEqual(["Bearer token", "Bearer other"]);
});

test("a guest sends no Authorization at all", async () => {
  answering();
  const { ask } = await loaded();

  await ask("graphql", { headers: { Authorization: "" } });

  expect(sent[0]?.has("Authorization")).toBe(false);
});

test("the basket a guest was given is carried along", async () => {
  answering({ data: { cartLineAdd: { cart: { token: "basket" } } } });
  const { ask } = await loaded();

  await ask("graphql");
  await ask("graphql");

  expect(sent.map((headers) => headers.get("X-Cart-Token"))).toEqual([null, "basket"]);
});

test("the token of something that is no basket is not taken for one", async () => {
  answering({ data: { checkout: { order: { token: "order" } } } });
  const { ask } = await loaded();

  await ask("graphql");
  await ask("graphql");

  expect(sent[1]?.has("X-Cart-Token")).toBe(false);
});

test("a plan that was asked for goes to its panel and not into the response", async () => {
  const apolloQueryPlan = { text: "QueryPlan {}" };
  answering({ data: { me: null }, extensions: { apolloQueryPlan } });
  const { ask, lastAnswer, planWanted } = await loaded();
  planWanted.value = true;

  const answer = await (await ask("graphql")).json();

  expect(sent[0]?.get("Apollo-Expose-Query-Plan")).toBe("true");
  expect(lastAnswer.value?.plan).toBe("QueryPlan {}");
  expect(answer).toEqual({ data: { me: null } });
});
