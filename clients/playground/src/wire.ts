/** Every request the playground sends: who asks and whether the plan is wanted are added here. */
import { Kind, parse } from "graphql";

import { Watched } from "./store";

export interface Visitor {
  name: string;
  accessToken: string;
}

/** What the router tells of one answered operation. */
export interface Answered {
  plan: string | null;
  milliseconds: number;
}

export const visitor = new Watched<Visitor | null>(null);
export const planWanted = new Watched(false);
export const lastAnswer = new Watched<Answered | null>(null);

/** The guest's or customer's basket; the graph answers it as `Cart.token`, the playground sends it back. */
let cartToken: string | null = sessionStorage.getItem("cart-token");

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}

/** The first `token` of an object that says it is a Cart, or that is answered under the name `cart`. */
function cartTokenIn(value: unknown, name = ""): string | null {
  if (Array.isArray(value)) return value.map((each) => cartTokenIn(each, name)).find((token) => token !== null) ?? null;
  if (!isRecord(value)) return null;
  if ((name === "cart" || value.__typename === "Cart") && typeof value.token === "string") return value.token;
  for (const [key, each] of Object.entries(value)) {
    const found = cartTokenIn(each, key);
    if (found !== null) return found;
  }
  return null;
}

function planIn(answer: Record<string, unknown>): string | null {
  const extensions = answer.extensions;
  if (!isRecord(extensions) || !isRecord(extensions.apolloQueryPlan)) return null;
  const { text, object } = extensions.apolloQueryPlan;
  return typeof text === "string" ? text : JSON.stringify(object ?? null, null, 2);
}

/** `fetch`, with the visitor's token, the basket's token and the wish for a plan; the editor's own headers win. */
export async function ask(input: RequestInfo | URL, init: RequestInit = {}): Promise<Response> {
  const headers = new Headers(init.headers);
  if (!headers.get("Authorization")) {
    headers.delete("Authorization");
    if (visitor.value) headers.set("Authorization", `Bearer ${visitor.value.accessToken}`);
  }
  if (cartToken && !headers.has("X-Cart-Token")) headers.set("X-Cart-Token", cartToken);
  if (planWanted.value) headers.set("Apollo-Expose-Query-Plan", "true");

  const started = performance.now();
  const response = await fetch(input, { ...init, body: withoutStaleName(init.body) ?? null, headers });
  if (isIntrospection(init.body) || !/json/.test(response.headers.get("Content-Type") ?? "")) return response;

  const answer: unknown = await response.clone().json().catch(() => null);
  if (!isRecord(answer)) return response;
  lastAnswer.value = { plan: planIn(answer), milliseconds: performance.now() - started };
  const token = cartTokenIn(answer.data);
  if (token !== null) {
    cartToken = token;
    sessionStorage.setItem("cart-token", token);
  }
  return planWanted.value ? withoutPlan(answer, response) : response;
}

/**
 * The request without the name of an operation that its document does not have: after a change of tabs the editor knows
 * the new document a moment before it knows the new name.
 */
function withoutStaleName(body: RequestInit["body"]): RequestInit["body"] {
  if (typeof body !== "string") return body;
  try {
    const request: unknown = JSON.parse(body);
    if (!isRecord(request) || typeof request.query !== "string" || typeof request.operationName !== "string") return body;
    const names = parse(request.query).definitions.flatMap((each) =>
      each.kind === Kind.OPERATION_DEFINITION ? [each.name?.value] : [],
    );
    if (names.includes(request.operationName)) return body;
    const { operationName: _, ...rest } = request;
    return JSON.stringify(rest);
  } catch {
    // What does not parse is the router's to explain.
    return body;
  }
}

/** The plan has a panel of its own, so the response editor is spared it. */
function withoutPlan(answer: Record<string, unknown>, { status, statusText, headers }: Response): Response {
  const { apolloQueryPlan: _, ...extensions } = isRecord(answer.extensions) ? answer.extensions : {};
  const { extensions: __, ...rest } = answer;
  const body = Object.keys(extensions).length > 0 ? { ...rest, extensions } : rest;
  return new Response(JSON.stringify(body), { status, statusText, headers });
}

function isIntrospection(body: RequestInit["body"]): boolean {
  return typeof body === "string" && body.includes("IntrospectionQuery");
}
