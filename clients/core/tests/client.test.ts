/** The client against a fetch that answers what the test says: no server, no clock. */
import { describe, expect, test } from "vitest";

import { AddToCart, AnsweredErrors, Home, InMemory, NotGraphQL, Shop, Unreachable, WatchCart, type Keys } from "../src";

interface Sent {
  readonly operationName: string;
  readonly variables: Record<string, unknown>;
  readonly headers: Record<string, string>;
}

/** Answers each request with the next of `answers`, and remembers what was asked. */
function router(...answers: (object | string | Error)[]): { sent: Sent[]; fetch: typeof globalThis.fetch } {
  const sent: Sent[] = [];
  const fetch = async (_: unknown, init?: RequestInit): Promise<Response> => {
    sent.push({ ...JSON.parse(String(init?.body)), headers: init?.headers });
    const answer = answers.shift();
    if (answer === undefined) throw new Error("asked more often than expected");
    if (answer instanceof Error) throw answer;
    return new Response(typeof answer === "string" ? answer : JSON.stringify(answer), {
      status: typeof answer === "string" ? 502 : 200,
    });
  };
  return { sent, fetch: fetch as typeof globalThis.fetch };
}

function shop(wire: { fetch: typeof globalThis.fetch }, keys: Keys = {}): { shop: Shop; keyring: InMemory } {
  const keyring = new InMemory(keys);
  return { shop: new Shop({ url: "http://router.test/graphql", keyring, fetch: wire.fetch }), keyring };
}

const unauthenticated = { data: null, errors: [{ message: "expired", extensions: { code: "UNAUTHENTICATED" } }] };
const refreshed = {
  data: { refresh: { __typename: "RefreshSuccess", tokens: { accessToken: "new", refreshToken: "next" } } },
};
const home = { data: { me: null, cart: null, categories: [], products: { edges: [] } } };

describe("asking", () => {
  test("sends the operation under its name with its variables", async () => {
    const wire = router(home);

    await shop(wire).shop.ask(Home, { first: 3 });

    expect(wire.sent[0]).toMatchObject({ operationName: "Home", variables: { first: 3 } });
  });

  test("throws the errors together with the data that was answered all the same", async () => {
    const partial = { data: { me: null }, errors: [{ message: "down", extensions: { code: "DOWN", service: "cart" } }] };
    const wire = router(partial);

    const fault = await shop(wire).shop.ask(Home, { first: 3 }).catch((error: unknown) => error);

    expect(fault).toBeInstanceOf(AnsweredErrors);
    expect(fault).toMatchObject({ operation: "Home", data: { me: null }, errors: partial.errors });
    expect((fault as AnsweredErrors).hasCode("DOWN")).toBe(true);
  });

  test("tells a page that is not GraphQL from no answer at all", async () => {
    const wire = router("<html>Bad gateway</html>", new TypeError("connection refused"));
    const { shop: asking } = shop(wire);

    await expect(asking.answer(Home, {})).rejects.toMatchObject({ name: "NotGraphQL", status: 502 });
    await expect(asking.answer(Home, {})).rejects.toBeInstanceOf(Unreachable);
    expect(NotGraphQL.prototype).toBeInstanceOf(Error);
  });
});

describe("saying who asks", () => {
  test("the names it was given travel with every request, the ones it makes by itself too", async () => {
    const wire = router(unauthenticated, refreshed, home, "<html>");
    const keyring = new InMemory({ accessToken: "old", refreshToken: "once" });
    const client = { name: "storefront", version: "1.2" };
    const named = new Shop({ url: "http://router.test/graphql", client, keyring, fetch: wire.fetch });

    await named.ask(Home, {});
    await named.watch(WatchCart, {}).next().catch(() => undefined);

    expect(wire.sent.map((each) => each.operationName)).toEqual(["Home", "Refresh", "Home", "WatchCart"]);
    for (const { headers } of wire.sent) {
      expect(headers).toMatchObject({
        "apollographql-client-name": "storefront",
        "apollographql-client-version": "1.2",
      });
    }
  });

  test("who gives no name or no version sends none", async () => {
    const wire = router(home, home);
    const versionless = new Shop({ url: "http://router.test/graphql", client: { name: "till" }, fetch: wire.fetch });

    await shop(wire).shop.ask(Home, {});
    await versionless.ask(Home, {});

    expect(wire.sent[0]?.headers).not.toHaveProperty("apollographql-client-name");
    expect(wire.sent[1]?.headers).toHaveProperty("apollographql-client-name", "till");
    expect(wire.sent[1]?.headers).not.toHaveProperty("apollographql-client-version");
  });
});

describe("staying signed in", () => {
  test("an outdated access token is exchanged once and the operation sent again", async () => {
    const wire = router(unauthenticated, refreshed, home);
    const { shop: asking, keyring } = shop(wire, { accessToken: "old", refreshToken: "once" });

    await asking.ask(Home, {});

    expect(wire.sent.map((each) => each.operationName)).toEqual(["Home", "Refresh", "Home"]);
    expect(wire.sent.map((each) => each.headers.Authorization)).toEqual(["Bearer old", undefined, "Bearer new"]);
    expect(wire.sent[1]?.variables).toEqual({ refreshToken: "once" });
    expect(keyring.read()).toMatchObject({ accessToken: "new", refreshToken: "next" });
  });

  test("two operations that are refused together share one exchange", async () => {
    const wire = router(unauthenticated, unauthenticated, refreshed, home, home);
    const { shop: asking } = shop(wire, { accessToken: "old", refreshToken: "once" });

    await Promise.all([asking.ask(Home, {}), asking.ask(Home, {})]);

    expect(wire.sent.filter((each) => each.operationName === "Refresh")).toHaveLength(1);
  });

  test("a refused refresh signs the person out and keeps the basket", async () => {
    const refused = { data: { refresh: { __typename: "InvalidInput", code: "INVALID", message: "used", field: [] } } };
    const wire = router(unauthenticated, refused);
    const { shop: asking, keyring } = shop(wire, { accessToken: "old", refreshToken: "used", cartToken: "basket" });

    await expect(asking.ask(Home, {})).rejects.toBeInstanceOf(AnsweredErrors);

    expect(keyring.read()).toEqual({ cartToken: "basket" });
    expect(asking.signedIn).toBe(false);
  });

  test("a guest who is refused is not sent to refresh", async () => {
    const wire = router(unauthenticated);

    await expect(shop(wire).shop.ask(Home, {})).rejects.toBeInstanceOf(AnsweredErrors);

    expect(wire.sent).toHaveLength(1);
  });
});

describe("the basket", () => {
  test("a guest's token is kept from the first answer and sent with the next request", async () => {
    const added = { data: { cartLineAdd: { __typename: "CartLineAddSuccess", cart: { id: "c", token: "basket" } } } };
    const wire = router(added, home);
    const { shop: asking } = shop(wire);

    await asking.ask(AddToCart, { sku: "MOUSE-001" });
    await asking.ask(Home, {});

    expect(wire.sent.map((each) => each.headers["X-Cart-Token"])).toEqual([undefined, "basket"]);
  });
});

describe("watching", () => {
  const events = (...pieces: string[]) => async () =>
    new Response(new Blob(pieces).stream(), { headers: { "Content-Type": "text/event-stream; charset=utf-8" } });
  const next = (version: number) => `event: next\ndata: {"data":{"cartUpdated":{"version":${version}}}}\n\n`;

  async function seen(fetch: typeof globalThis.fetch): Promise<unknown[]> {
    const versions: unknown[] = [];
    try {
      for await (const { cartUpdated } of new Shop({ url: "http://router.test/graphql", fetch }).watch(WatchCart, {})) {
        versions.push(cartUpdated?.version);
      }
    } catch (fault) {
      versions.push((fault as Error).name);
    }
    return versions;
  }

  test("answers each event, whole or in pieces, until the graph ends it", async () => {
    const [begun, ended] = [next(2).slice(0, 20), next(2).slice(20)];

    expect(await seen(events(":\n\n", next(1), begun, ended, "event: complete\ndata: \n\n", next(3)))).toEqual([1, 2]);
  });

  test("tells a stream that was cut off, an error, and an answer that is no stream apart", async () => {
    const refused = `event: next\ndata: {"data":null,"errors":[{"message":"no"}]}\n\n`;

    expect(await seen(events(next(1)))).toEqual([1, "Unreachable"]);
    expect(await seen(events(refused))).toEqual(["AnsweredErrors"]);
    expect(await seen(router(unauthenticated).fetch)).toEqual(["AnsweredErrors"]);
    expect(await seen(router("<html>").fetch)).toEqual(["NotGraphQL"]);
  });
});
