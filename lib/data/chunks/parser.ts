/** Rows of a text that comes in pieces, cut anywhere: the same rows, lines and mistakes as of the whole (rows.ts, tables.ts). */
import type { FileType } from '../../settings/formats.ts';
import type { ColumnarType } from '../columnar.ts';
import { JsonPieces } from './json-pieces.ts';
import type { OnBroken, Pieces } from './pieces.ts';
import { TablePieces } from './table-pieces.ts';
import { LinePieces } from './text-pieces.ts';

export type LetteredType = Exclude<FileType, ColumnarType>;

export function piecesOf(type: LetteredType | undefined, onBroken: OnBroken): Pieces {
  if (type === undefined) return new JsonPieces(onBroken);
  return type === 'text' ? new LinePieces() : new TablePieces(type === 'csv' ? ',' : '\t', onBroken);
}
