/**
 * What can go wrong between a client and the graph. An expected "no" is not here: the graph answers it as data.
 *
 *     Fault
 *     ├── Unreachable      no answer: refused, cut off or later than the timeout
 *     ├── NotGraphQL       an answer, but not one GraphQL allows: a proxy's page, half a body
 *     └── AnsweredErrors   the graph answered `errors`, with or without partial data
 */
export abstract class Fault extends Error {}

export class Unreachable extends Fault {
  override readonly name = "Unreachable";

  constructor(url: string, cause: unknown) {
    super(`No answer from ${url}: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
  }
}

export class NotGraphQL extends Fault {
  override readonly name = "NotGraphQL";

  constructor(
    readonly status: number,
    readonly body: string,
  ) {
    super(`HTTP ${status} without a GraphQL answer: ${body.slice(0, 200)}`);
  }
}

/** One entry of `errors` (GraphQL specification, section 7.1.2). */
export interface GraphError {
  readonly message: string;
  readonly path?: readonly (string | number)[];
  readonly extensions?: { readonly code?: string; readonly service?: string; readonly [name: string]: unknown };
}

export class AnsweredErrors<Data = unknown> extends Fault {
  override readonly name = "AnsweredErrors";

  constructor(
    readonly operation: string,
    readonly errors: readonly GraphError[],
    /** What was answered all the same; fields that failed are null in it. */
    readonly data: Data | null,
  ) {
    super(`${operation}: ${errors.map((error) => error.message).join("; ")}`);
  }

  hasCode(code: string): boolean {
    return hasCode(this.errors, code);
  }
}

export function hasCode(errors: readonly GraphError[], code: string): boolean {
  return errors.some((error) => error.extensions?.code === code);
}
