/** Holds a schema and the type of what is printed to each other: what only one of the two has does not compile. */
import type * as z from 'zod';

type Frozen<T> = T extends readonly (infer Item)[]
  ? readonly Frozen<Item>[]
  : T extends object
    ? { readonly [Key in keyof T]: Frozen<T[Key]> }
    : T;

/** Keys that may be absent too: else a type with one more of them would pass for the same. */
type Whole<T> = T extends readonly (infer Item)[]
  ? readonly Whole<Item>[]
  : T extends object
    ? { readonly [Key in keyof T]-?: Whole<T[Key]> }
    : T;

type Mutual<A, B> = [A] extends [B] ? ([B] extends [A] ? true : false) : false;

type Same<A, B> = Mutual<Frozen<A>, Frozen<B>> extends true ? Mutual<Whole<A>, Whole<B>> : false;

/** `exactly<T>()(schema)`: the schema, which must give T and nothing else. */
export const exactly =
  <T>() =>
  <S extends z.ZodType>(
    schema: S & (Same<T, z.output<S>> extends true ? unknown : 'the schema and the type differ'),
  ): S =>
    schema;
