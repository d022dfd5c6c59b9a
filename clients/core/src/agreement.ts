/**
 * Lets `tsc` alone notice that a document and the schema disagree: a field that the schema does not have is typed
 * `unknown`, a variable of a type it does not have `never`.
 */
import type { ResultOf, VariablesOf } from "gql.tada";

import type { Json } from "./graph";

type IsUnknown<T> = [T] extends [never] ? true : unknown extends T ? true : false;

/** The paths of T whose type the schema does not know, as a union of strings; `never` when it knows them all. */
type Unknown<T, Path extends string = ""> =
  IsUnknown<T> extends true
    ? Path
    : [Json] extends [T]
      ? never
      : T extends readonly (infer Each)[]
      ? Unknown<Each, Path>
      : T extends object
        ? { [K in keyof T & string]-?: Unknown<T[K], `${Path}.${K}`> }[keyof T & string]
        : never;

type Disagreement<D> = Unknown<ResultOf<D>, "data"> | Unknown<VariablesOf<D>, "variables">;

/** `true` when every document agrees with the schema, else the paths that do not, which `true` cannot be assigned to. */
export type Agrees<Documents extends readonly unknown[]> = [Disagreement<Documents[number]>] extends [never]
  ? true
  : Disagreement<Documents[number]>;
