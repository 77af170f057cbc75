/** What the columns of an Arrow file hold: as JSON has it where it can, and by name where it cannot. */
import { type Batch, type Column, type DataType, Type } from '@uwdata/flechette';
import { numberOf, type Outside, rowOf, textOf } from './outside.ts';

export type At = (index: number) => unknown;

const foreigners: Readonly<Record<number, string>> = {
  [Type.Binary]: 'binary',
  [Type.LargeBinary]: 'binary',
  [Type.BinaryView]: 'binary',
  [Type.FixedSizeBinary]: 'binary',
  [Type.Decimal]: 'decimal',
  [Type.Date]: 'date',
  [Type.Time]: 'time',
  [Type.Timestamp]: 'timestamp',
  [Type.Interval]: 'interval',
  [Type.Duration]: 'duration',
  [Type.Map]: 'map',
  [Type.Union]: 'union',
};

type Bits = { readonly [index: number]: number | bigint };

/** Of what flechette keeps of a column's part, that which is read here. */
interface Parts {
  readonly values: Uint8Array;
  readonly offsets: Bits;
  readonly sizes: Bits;
  readonly children: readonly Batch<unknown>[];
  readonly dictionary: Column<unknown>;
  view(index: number): Uint8Array;
}

/** flechette's own texts lose a mark at their beginning, and hide what is no UTF-8. */
function texts(parts: Parts, typeId: number, outside: Outside): At {
  if (typeId === Type.Utf8View) return (index) => textOf(parts.view(index), outside);
  const { values, offsets } = parts;
  return (index) => textOf(values.subarray(Number(offsets[index]), Number(offsets[index + 1])), outside);
}

type Span = (index: number) => readonly [from: number, to: number];

function spanOf({ offsets, sizes }: Parts, type: DataType): Span {
  if (type.typeId === Type.FixedSizeList) {
    const { stride } = type;
    return (index) => [index * stride, (index + 1) * stride];
  }
  const end: At =
    type.typeId === Type.ListView || type.typeId === Type.LargeListView
      ? (index) => Number(offsets[index]) + Number(sizes[index])
      : (index) => offsets[index + 1];
  return (index) => [Number(offsets[index]), Number(end(index))];
}

function lists(parts: Parts, type: DataType, outside: Outside): At {
  const inner = valuesOf(parts.children[0] as Batch<unknown>, outside);
  const span = spanOf(parts, type);
  return (index) => {
    const [from, to] = span(index);
    return Array.from({ length: to - from }, (_, at) => inner(from + at));
  };
}

function structs({ children }: Parts, type: DataType, outside: Outside): At {
  const names = type.typeId === Type.Struct ? type.children.map(({ name }) => name) : [];
  const each = children.map((child) => valuesOf(child, outside));
  return (index) => rowOf(names, (column) => each[column]?.(index));
}

/** Values of a column that came in several parts, each decoded once. */
function shared({ dictionary }: Parts, batch: Batch<unknown>, outside: Outside): At {
  const values = dictionary.data.flatMap((part) => {
    const at = valuesOf(part as Batch<unknown>, outside);
    return Array.from({ length: part.length }, (_, index) => at(index));
  });
  return (index) => values[Number((batch.values as Bits)[index])];
}

function runs({ children }: Parts, outside: Outside): At {
  const [ends, values] = children as readonly [Batch<unknown>, Batch<unknown>];
  const until = Array.from({ length: ends.length }, (_, index) => Number((ends.values as Bits)[index]));
  const at = valuesOf(values, outside);
  return (index) => at(until.findIndex((end) => end > index));
}

function valid(batch: Batch<unknown>, outside: Outside): At {
  const { type } = batch;
  const parts = batch as unknown as Parts;
  const named = foreigners[type.typeId];
  if (named !== undefined) {
    const value = outside.foreign(named);
    return () => value;
  }
  switch (type.typeId) {
    case Type.Null:
      return () => null;
    case Type.Int:
    case Type.Float:
      return (index) => numberOf(batch.value(index) as number | bigint);
    case Type.Utf8:
    case Type.LargeUtf8:
    case Type.Utf8View:
      return texts(parts, type.typeId, outside);
    case Type.Struct:
      return structs(parts, type, outside);
    case Type.Dictionary:
      return shared(parts, batch, outside);
    case Type.RunEndEncoded:
      return runs(parts, outside);
    case Type.List:
    case Type.LargeList:
    case Type.FixedSizeList:
    case Type.ListView:
    case Type.LargeListView:
      return lists(parts, type, outside);
    default:
      return (index) => batch.value(index);
  }
}

/** The value at each place of a part of a column. */
export function valuesOf(batch: Batch<unknown>, outside: Outside): At {
  const at = valid(batch, outside);
  const hasNulls = batch.nullCount > 0 && batch.validity !== undefined && batch.validity.length > 0;
  return hasNulls ? (index) => (batch.isValid(index) ? at(index) : null) : at;
}
