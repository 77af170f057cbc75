/** A row as the model will see it, with what is learnt marked: by colour, or by brackets where there is none. */
import { printable } from '../base/printable.ts';
import { grouped } from '../base/quantity.ts';
import { plain, type Style } from '../finding-text.ts';
import type { DataSample } from './data-document.ts';
import { nameText } from './data-names.ts';

/** A part of a sample's text. */
export interface Piece {
  readonly text: string;
  readonly trained: boolean;
}

/** The text cut where what is learnt begins and ends. */
export function piecesOf({ text, trained }: Pick<DataSample, 'text' | 'trained'>): Piece[] {
  const pieces: Piece[] = [];
  let at = 0;
  for (const [from, to] of trained) {
    if (from > at) pieces.push({ text: text.slice(at, from), trained: false });
    if (to > from) pieces.push({ text: text.slice(from, to), trained: true });
    at = Math.max(at, to);
  }
  if (at < text.length) pieces.push({ text: text.slice(at), trained: false });
  return pieces;
}

export function sampleTitle({ file, line, row }: DataSample): string {
  return `${nameText(file)}${line === undefined ? '' : `:${line}`}  row ${grouped(row)}`;
}

/** Colour is ended at each line’s end, so that a pager, and what follows, is not coloured. */
function painted(text: string, style: Style): string {
  if (style === plain) return `[[${text}]]`;
  return text
    .split('\n')
    .map((line) => (line === '' ? '' : style.green(line)))
    .join('\n');
}

export function sampleText(sample: DataSample, style: Style = plain): string {
  const pieces = piecesOf(sample);
  const text = pieces
    .map((piece) => (piece.trained ? painted(printable(piece.text), style) : printable(piece.text)))
    .join('');
  const edge = style.dim('|');
  const body = text.split('\n').map((line) => `  ${edge}${line === '' ? '' : ` ${line}`}`);
  return [`${style.bold(sampleTitle(sample))}`, ...body].join('\n');
}
