/** Rows of the files that programs write, Parquet and Arrow: columns with types, in parts. */
import { createRequire } from 'node:module';
import type { FileType } from '../settings/formats.ts';
import { BrokenData, Unfolds } from './broken.ts';
import type { Ranges } from './columnar/outside.ts';
import { Foreign } from './foreign.ts';

export type ColumnarType = Extract<FileType, 'parquet' | 'arrow'>;
export type ColumnarFile = Ranges;

export const isColumnar = (type: FileType | undefined): type is ColumnarType => type === 'parquet' || type === 'arrow';

const names = { parquet: 'Parquet', arrow: 'Arrow' } as const;

/** Told by the first bytes, where the name does not say: no JSON begins so, nor any text. */
export function columnarType(bytes: Uint8Array): ColumnarType | undefined {
  const mark = Buffer.from(bytes.subarray(0, 6)).toString('latin1');
  if (mark.startsWith('PAR1') || mark.startsWith('PARE')) return 'parquet';
  return mark === 'ARROW1' || mark.startsWith('\xff\xff\xff\xff') ? 'arrow' : undefined;
}

const fixes: Readonly<Record<string, string>> = {
  'data/header': 'Give each column a name of its own.',
  'data/encoding': 'Write the column anew, as UTF-8.',
  'data/too-large': 'Split it into several files: path takes a list of them.',
  'data/too-deep': 'Take out what nests: only text is trained on.',
};

function damaged(type: ColumnarType, caught: unknown): BrokenData {
  const why = caught instanceof Error ? caught.message.split('\n', 1)[0] : String(caught);
  const message = `is a damaged ${names[type]} file (${why})`;
  return new BrokenData(`data/not-${type}`, message, 'Copy or write it again.');
}

/**
 * A part of the rows after another, so that one part is held at a time. `most`: values that may be made here; for more it
 * throws Unfolds, before any. Throws BrokenData.
 */
export function* columnarRows(
  type: ColumnarType,
  file: ColumnarFile,
  most = Number.POSITIVE_INFINITY,
): Generator<readonly unknown[]> {
  // Loaded where it is asked for, and without waiting, as settings/later.ts does.
  const side = createRequire(import.meta.url)('#columnar') as typeof import('./columnar/side.ts');
  const outside = {
    foreign: (name: string) => new Foreign(name),
    broken: (id: string, message: string) => new BrokenData(id, message, fixes[id] ?? 'Copy or write it again.'),
    onValues: (values: number) => {
      if (values > most) throw new Unfolds();
    },
  };
  try {
    yield* type === 'parquet' ? side.parquetGroups(file, outside) : side.arrowGroups(file, outside);
  } catch (caught) {
    throw caught instanceof BrokenData || caught instanceof Unfolds ? caught : damaged(type, caught);
  }
}
