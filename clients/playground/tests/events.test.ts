import { parse } from "graphql";
import { expect, test, vi } from "vitest";

import { withEventStreams } from "../src/events";

const QUERY = "subscription { changed }";
const OPTIONS = { documentAST: parse(QUERY) };

/** A reply whose pieces the test sends. */
function streaming() {
  let controller!: ReadableStreamDefaultController<Uint8Array>;
  const body = new ReadableStream<Uint8Array>({ start: (made) => void (controller = made) });
  const response = new Response(body, { headers: { "content-type": "text/event-stream; charset=utf-8" } });
  return { response, say: (text: string) => controller.enqueue(new TextEncoder().encode(text)), end: () => controller.close() };
}

function subscribe(response: Response) {
  const ask = vi.fn((_: string, __: RequestInit) => Promise.resolve(response));
  const fetcher = withEventStreams("http://router/graphql", ask, () => ({ data: "another way" }));
  const answers = fetcher({ query: QUERY }, OPTIONS) as AsyncIterableIterator<unknown>;
  return { ask, answers };
}

test("a subscription is read event by event, however it is cut, and ends when it is complete", async () => {
  const { response, say, end } = streaming();
  const { ask, answers } = subscribe(response);
  for (const piece of [":\n", "\nevent: next\nda", 'ta: {"data":1}\n\nevent: next\ndata: {"data":2}\n\n', "event: complete\ndata:\n\n"]) say(piece);
  end();

  const seen = [];
  for await (const answer of answers) seen.push(answer);

  expect(seen).toEqual([{ data: 1 }, { data: 2 }]);
  expect(new Headers(ask.mock.calls[0]?.[1].headers).get("accept")).toBe("text/event-stream");
});

test("who leaves ends the request, also while nothing comes", async () => {
  const { ask, answers } = subscribe(streaming().response);
  void answers.next();
  await vi.waitFor(() => expect(ask).toHaveBeenCalled());

  await answers.return?.();

  expect(ask.mock.calls[0]?.[1].signal?.aborted).toBe(true);
});

test("a refusal is shown as it is", async () => {
  const { answers } = subscribe(Response.json({ errors: [{ message: "no" }] }, { status: 400 }));

  expect(await answers.next()).toEqual({ done: false, value: { errors: [{ message: "no" }] } });
});

test("everything else goes another way", () => {
  const fetcher = withEventStreams("http://router/graphql", vi.fn(), () => ({ data: "another way" }));

  expect(fetcher({ query: "{ a }" }, { documentAST: parse("{ a }") })).toEqual({ data: "another way" });
});
