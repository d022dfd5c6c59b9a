/** One operation over HTTP: GraphQL over HTTP's POST, with a time limit, and every way it can fail told apart. */
import { NotGraphQL, Unreachable, type GraphError } from "./errors";

export interface Answer<Data> {
  /** Null when nothing could be answered; with errors beside it, fields in it may be null that failed. */
  readonly data: Data | null;
  readonly errors: readonly GraphError[];
  readonly extensions: Readonly<Record<string, unknown>>;
}

export interface Request {
  readonly query: string;
  readonly operationName: string;
  readonly variables: unknown;
  readonly headers: Readonly<Record<string, string>>;
}

export class Transport {
  constructor(
    readonly url: string,
    readonly timeoutMs: number,
    readonly fetch: typeof globalThis.fetch,
  ) {}

  /** Throws Unreachable or NotGraphQL; GraphQL errors are part of the answer. */
  async send<Data>({ headers, ...operation }: Request): Promise<Answer<Data>> {
    let status: number;
    let text: string;
    try {
      const response = await this.fetch(this.url, {
        method: "POST",
        headers: {
          "Content-Type": "application/json",
          Accept: "application/graphql-response+json, application/json",
          ...headers,
        },
        body: JSON.stringify(operation),
        signal: AbortSignal.timeout(this.timeoutMs),
      });
      status = response.status;
      text = await response.text();
    } catch (cause) {
      throw new Unreachable(this.url, cause);
    }
    return readAnswer<Data>(status, text);
  }

  /**
   * A subscription's answers, event by event, over graphql-sse's distinct connections. Ends when the graph ends it;
   * whoever stops listening closes it. Throws Unreachable or NotGraphQL.
   */
  async *stream<Data>({ headers, ...operation }: Request): AsyncGenerator<Answer<Data>, void> {
    const hangUp = new AbortController();
    let response: Response;
    try {
      response = await this.fetch(this.url, {
        method: "POST",
        headers: { "Content-Type": "application/json", Accept: "text/event-stream", ...headers },
        body: JSON.stringify(operation),
        signal: hangUp.signal,
      });
    } catch (cause) {
      throw new Unreachable(this.url, cause);
    }
    if (!response.headers.get("Content-Type")?.startsWith("text/event-stream") || response.body === null) {
      yield readAnswer<Data>(response.status, await response.text());
      return;
    }
    try {
      yield* answersIn<Data>(this.url, response, response.body);
    } finally {
      hangUp.abort();
    }
  }
}

/** The lines of an event stream: the answer in each `next`, until `complete`; a stream that ends before was cut off. */
async function* answersIn<Data>(url: string, response: Response, body: ReadableStream<Uint8Array>) {
  const reader = body.getReader();
  const decoder = new TextDecoder();
  let rest = "";
  let event = "";
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) break;
      const lines = (rest + decoder.decode(value, { stream: true })).split("\n");
      rest = lines.pop() ?? "";
      for (const line of lines) {
        if (line.startsWith("event:")) event = line.slice("event:".length).trim();
        if (event === "complete") return;
        if (line.startsWith("data:")) yield readAnswer<Data>(response.status, line.slice("data:".length));
      }
    }
  } finally {
    await reader.cancel().catch(() => undefined);
  }
  throw new Unreachable(url, new Error("the subscription was cut off"));
}

function readAnswer<Data>(status: number, text: string): Answer<Data> {
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch {
    throw new NotGraphQL(status, text);
  }
  if (typeof body !== "object" || body === null || !("data" in body || "errors" in body)) {
    throw new NotGraphQL(status, text);
  }
  const { data = null, errors = [], extensions = {} } = body as Partial<Answer<Data>>;
  return { data, errors, extensions };
}
