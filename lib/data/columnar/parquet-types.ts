/** What the columns of a Parquet file hold: as JSON has it where it can, and by name where it cannot. */
import { isListLike, isMapLike } from 'hyparquet/src/schema.js';
import type { SchemaElement, SchemaTree } from 'hyparquet/src/types.js';
import { deepestType, numberOf, type Outside, rowOf } from './outside.ts';

type Leaf = 'text' | 'number' | 'boolean' | { readonly foreign: string };

const byName: Readonly<Record<string, string>> = {
  DECIMAL: 'decimal',
  DATE: 'date',
  TIME: 'time',
  TIME_MILLIS: 'time',
  TIME_MICROS: 'time',
  TIMESTAMP: 'timestamp',
  TIMESTAMP_MILLIS: 'timestamp',
  TIMESTAMP_MICROS: 'timestamp',
};

function leafOf({ type, converted_type, logical_type }: SchemaElement): Leaf {
  const logical = logical_type?.type;
  const named = byName[logical ?? ''] ?? byName[converted_type ?? ''];
  if (named !== undefined) return { foreign: named };
  switch (type) {
    case 'BOOLEAN':
      return 'boolean';
    case 'INT32':
    case 'INT64':
    case 'FLOAT':
    case 'DOUBLE':
      return 'number';
    case 'INT96':
      return { foreign: 'timestamp' };
    case 'BYTE_ARRAY': {
      const isText =
        converted_type === 'UTF8' || converted_type === 'JSON' || logical === 'STRING' || logical === 'JSON';
      return isText ? 'text' : { foreign: 'binary' };
    }
    default:
      return logical === 'FLOAT16' ? 'number' : { foreign: 'binary' };
  }
}

/** JSON in a column is text, as pyarrow has it; what is only named needs no decoding. */
function asRead(element: SchemaElement, leaf: Leaf): void {
  if (leaf === 'text') {
    element.converted_type = 'UTF8';
    element.logical_type = { type: 'STRING' };
  } else if (typeof leaf === 'object') {
    delete element.converted_type;
    delete element.logical_type;
  }
}

export type Convert = (value: unknown) => unknown;

const orNull =
  (convert: Convert): Convert =>
  (value) =>
    value === undefined || value === null ? null : convert(value);

function convertLeaf(element: SchemaElement, outside: Outside): Convert {
  const leaf = leafOf(element);
  asRead(element, leaf);
  if (typeof leaf === 'object') {
    const value = outside.foreign(leaf.foreign);
    return orNull(() => value);
  }
  return orNull(leaf === 'number' ? (value) => numberOf(value as number | bigint) : (value) => value);
}

/** From the values that hyparquet makes of a column. The tree is changed where those would be another type's. */
export function converter(tree: SchemaTree, outside: Outside, depth = 1): Convert {
  if (depth > deepestType) throw outside.broken('data/too-deep', `nests deeper than ${deepestType} levels`);
  if (tree.children.length === 0) return repeated(tree, convertLeaf(tree.element, outside));
  if (isListLike(tree)) {
    const inner = tree.children[0] as SchemaTree;
    const [only] = inner.children;
    const convert = converter(only && inner.children.length === 1 ? only : inner, outside, depth + 1);
    return orNull((value) => (value as unknown[]).map(convert));
  }
  if (isMapLike(tree)) {
    for (const child of tree.children[0]?.children ?? []) converter(child, outside, depth + 1);
    const value = outside.foreign('map');
    return orNull(() => value);
  }
  const names = tree.children.map((child) => child.element.name);
  const each = tree.children.map((child) => converter(child, outside, depth + 1));
  const struct = (value: unknown) =>
    rowOf(names, (column) => each[column]?.((value as Record<string, unknown>)[names[column] as string]));
  return repeated(tree, orNull(struct));
}

/** A repeated column that is no LIST is one all the same. */
function repeated(tree: SchemaTree, convert: Convert): Convert {
  return tree.element.repetition_type === 'REPEATED'
    ? orNull((value) => (Array.isArray(value) ? value.map(convert) : convert(value)))
    : convert;
}
