/** The shop as a program sees it: ask typed documents, stay signed in, carry a basket. */
import { print } from "@0no-co/graphql.web";
import type { ResultOf, TadaDocumentNode, VariablesOf } from "gql.tada";

import { AnsweredErrors, hasCode } from "./errors";
import { InMemory, type Keyring } from "./keys";
import { Login, Logout, Refresh, Register } from "./operations";
import { Transport, type Answer, type Request } from "./transport";

export interface Options {
  /** Where the router listens, e.g. http://127.0.0.1:4000/graphql. */
  readonly url: string;
  /** Who is asking, such as the storefront: the router counts operations under it, and `router check` says whom a change breaks. */
  readonly client?: { readonly name: string; readonly version?: string };
  readonly keyring?: Keyring;
  readonly timeoutMs?: number;
  readonly fetch?: typeof globalThis.fetch;
}

type AnyDocument = Pick<TadaDocumentNode, "kind" | "definitions">;

type Tokens = { readonly accessToken: string; readonly refreshToken: string };

export class Shop {
  readonly #transport: Transport;
  readonly #keyring: Keyring;
  readonly #identity: Readonly<Record<string, string>>;
  /** One refresh at a time: a refresh token works once, so two at once would sign the person out. */
  #refreshing: Promise<boolean> | null = null;

  constructor({ url, client, keyring = new InMemory(), timeoutMs = 10_000, fetch = globalThis.fetch }: Options) {
    this.#transport = new Transport(url, timeoutMs, fetch);
    this.#keyring = keyring;
    this.#identity = {
      ...(client && { "apollographql-client-name": client.name }),
      ...(client?.version !== undefined && { "apollographql-client-version": client.version }),
    };
  }

  /** The data of an answer without errors; throws a Fault otherwise. */
  async ask<Data, Variables>(document: TadaDocumentNode<Data, Variables>, variables: Variables): Promise<Data> {
    const { data, errors } = await this.answer(document, variables);
    if (errors.length > 0 || data === null) throw new AnsweredErrors(nameOf(document), errors, data);
    return data;
  }

  /** Data and errors side by side, for a page that shows what it could get. Throws only when there is no answer. */
  async answer<Data, Variables>(
    document: TadaDocumentNode<Data, Variables>,
    variables: Variables,
  ): Promise<Answer<Data>> {
    const answer = await this.#send(document, variables);
    if (!hasCode(answer.errors, "UNAUTHENTICATED") || !(await this.#refresh())) return answer;
    return this.#send(document, variables);
  }

  /** The data of each event of a subscription, until one side ends it; throws a Fault for an answer with errors. */
  async *watch<Data, Variables>(
    document: TadaDocumentNode<Data, Variables>,
    variables: Variables,
  ): AsyncGenerator<Data, void> {
    for await (const { data, errors } of this.#transport.stream<Data>(this.#request(document, variables))) {
      if (errors.length > 0 || data === null) throw new AnsweredErrors(nameOf(document), errors, data);
      yield data;
    }
  }

  /** Signs in with what `login` answers; a refusal is answered too, and changes nothing here. */
  async signIn(variables: VariablesOf<typeof Login>): Promise<ResultOf<typeof Login>["login"]> {
    const { login } = await this.ask(Login, variables);
    if (login.__typename === "LoginSuccess") this.#enter(login.tokens);
    return login;
  }

  async register(variables: VariablesOf<typeof Register>): Promise<ResultOf<typeof Register>["registration"]> {
    const { registration } = await this.ask(Register, variables);
    if (registration.__typename === "RegisterSuccess") this.#enter(registration.tokens);
    return registration;
  }

  /** Forgets the person here even when the graph could not be told. */
  async signOut({ everywhere = false } = {}): Promise<void> {
    const { accessToken } = this.#keyring.read();
    try {
      if (accessToken !== undefined) await this.ask(Logout, { everywhere });
    } finally {
      this.#keyring.write({});
    }
  }

  get signedIn(): boolean {
    return this.#keyring.read().accessToken !== undefined;
  }

  async #send<Data, Variables>(
    document: TadaDocumentNode<Data, Variables>,
    variables: Variables,
  ): Promise<Answer<Data>> {
    const answer = await this.#transport.send<Data>(this.#request(document, variables));
    this.#keepCart(answer.data);
    return answer;
  }

  #request(document: AnyDocument, variables: unknown): Request {
    const { accessToken, cartToken } = this.#keyring.read();
    const headers: Record<string, string> = { ...this.#identity };
    if (accessToken !== undefined) headers.Authorization = `Bearer ${accessToken}`;
    if (cartToken !== undefined) headers["X-Cart-Token"] = cartToken;
    return { query: textOf(document), operationName: nameOf(document), variables, headers };
  }

  /** Answers whether there are new tokens to try again with. */
  async #refresh(): Promise<boolean> {
    this.#refreshing ??= this.#exchange().finally(() => (this.#refreshing = null));
    return this.#refreshing;
  }

  async #exchange(): Promise<boolean> {
    const { refreshToken, accessToken: _, ...others } = this.#keyring.read();
    if (refreshToken === undefined) return false;
    // The outdated access token must not travel along: it alone would have this request refused.
    this.#keyring.write({ ...others, refreshToken });
    const { data } = await this.#send(Refresh, { refreshToken });
    if (data?.refresh.__typename !== "RefreshSuccess") {
      this.#keyring.write(others);
      return false;
    }
    this.#enter(data.refresh.tokens);
    return true;
  }

  #enter({ accessToken, refreshToken }: Tokens): void {
    this.#keyring.write({ ...this.#keyring.read(), accessToken, refreshToken });
  }

  /** The graph answers a basket's token as `Cart.token`, to its owner only; it is kept wherever it is answered. */
  #keepCart(data: unknown): void {
    const cartToken = cartTokenIn(data);
    if (cartToken !== null) this.#keyring.write({ ...this.#keyring.read(), cartToken });
  }
}

/** Looks at `cart` itself and at `cart` inside each root field's answer: a query's basket and a mutation's. */
function cartTokenIn(data: unknown): string | null {
  if (!isRecord(data)) return null;
  const holders = [data, ...Object.values(data).filter(isRecord)];
  const carts = holders.map((holder) => holder.cart).filter(isRecord);
  return carts.map((cart) => cart.token).find((token) => typeof token === "string") ?? null;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}

const printed = new WeakMap<object, string>();

function textOf(document: AnyDocument): string {
  let text = printed.get(document);
  if (text === undefined) {
    text = print(document);
    printed.set(document, text);
  }
  return text;
}

function nameOf(document: AnyDocument): string {
  const [operation] = document.definitions;
  return (operation && "name" in operation && operation.name?.value) || "anonymous";
}
