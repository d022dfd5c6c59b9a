/** Subscriptions for GraphiQL: one request each, answered as an event stream (graphql-sse). */
import type { Fetcher, FetcherOpts, FetcherParams } from "@graphiql/toolkit";
import { Kind, OperationTypeNode } from "graphql";

type Ask = (input: string, init: RequestInit) => Promise<Response>;

/** A fetcher that asks for subscriptions itself and leaves everything else to another. */
export function withEventStreams(url: string, ask: Ask, others: Fetcher): Fetcher {
  return (params, options) => (isSubscription(params, options) ? events(url, ask, params, options) : others(params, options));
}

function isSubscription(params: FetcherParams, options: FetcherOpts | undefined): boolean {
  const operations = options?.documentAST?.definitions.filter((each) => each.kind === Kind.OPERATION_DEFINITION) ?? [];
  const named = operations.filter((each) => !params.operationName || each.name?.value === params.operationName);
  return named[0]?.operation === OperationTypeNode.SUBSCRIPTION;
}

/** The responses; `return` leaves at once, also while none is coming. */
function events(url: string, ask: Ask, params: FetcherParams, options: FetcherOpts | undefined) {
  const leaving = new AbortController();
  const answers = read(url, ask, params, options, leaving.signal);
  return {
    [Symbol.asyncIterator]() {
      return this;
    },
    next: () => answers.next(),
    return: () => {
      leaving.abort();
      return Promise.resolve({ done: true as const, value: undefined });
    },
  };
}

async function* read(
  url: string,
  ask: Ask,
  params: FetcherParams,
  options: FetcherOpts | undefined,
  signal: AbortSignal,
) {
  const headers = { "content-type": "application/json", accept: "text/event-stream", ...options?.headers };
  try {
    const response = await ask(url, { method: "POST", body: JSON.stringify(params), headers, signal });
    if (response.body === null || !response.headers.get("content-type")?.startsWith("text/event-stream")) {
      yield await response.json();
      return;
    }
    const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
    let rest = "";
    for (let piece = await reader.read(); !piece.done; piece = await reader.read()) {
      const whole = (rest + piece.value).split("\n\n");
      rest = whole.pop() ?? "";
      for (const event of whole) {
        if (event.startsWith("event: next\n")) yield JSON.parse(event.slice("event: next\ndata: ".length));
      }
    }
  } catch (error) {
    // Who has left needs no error.
    if (!signal.aborted) throw error;
  }
}
