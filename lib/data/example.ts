/** What a row says, whatever its columns are called: what templates render. The trainer's twin is example.py. */
import { isObject, type Json } from '../base/json.ts';
import { type Columns, type Format, type FormatColumn, formats } from '../settings/formats.ts';
import { isHalf, type Message } from './message.ts';
import { messagesOf } from './messages.ts';
import { type FaultKind, isError, type RowFault } from './row-fault.ts';

export type Example =
  | { readonly kind: 'alpaca'; readonly instruction: string; readonly input: string; readonly output: string }
  | { readonly kind: 'prompt'; readonly prompt: string; readonly completion: string }
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'messages'; readonly messages: readonly Message[]; readonly tools?: readonly Json[] };

/** `example` is absent exactly where a fault is an error. */
export interface ReadRow {
  readonly example?: Example;
  readonly faults: readonly RowFault[];
}

/** The columns of one row under the format's names, checked as they are taken. */
class Taken {
  readonly faults: RowFault[] = [];
  readonly #row: Record<string, unknown>;
  readonly #columns: Columns;

  constructor(row: Record<string, unknown>, columns: Columns) {
    this.#row = row;
    this.#columns = columns;
  }

  name(column: FormatColumn): string {
    return this.#columns[column] ?? column;
  }

  /** Undefined where it is not there; null counts as that only where a column may be missing: tables write it so. */
  value(column: FormatColumn): unknown {
    const name = this.name(column);
    return Object.hasOwn(this.#row, name) ? this.#row[name] : undefined;
  }

  fault(kind: FaultKind, column: FormatColumn, detail?: string): void {
    this.faults.push({ kind, column: this.name(column), ...(detail === undefined ? {} : { detail }) });
  }

  text(column: FormatColumn): string {
    const value = this.value(column);
    if (value === undefined) return '';
    if (typeof value !== 'string') this.fault('text', column);
    else if (isHalf(value)) this.fault('half', column);
    return String(value);
  }

  optionalText(column: FormatColumn): string {
    return this.value(column) === null ? '' : this.text(column);
  }
}

function dialogue(taken: Taken, column: 'messages' | 'conversations', system: string): Example | undefined {
  const value = taken.value(column);
  if (value === undefined) return undefined;
  const tools = taken.value('tools');
  const read = messagesOf(value, tools, system);
  for (const { kind, of, detail } of read.faults) taken.fault(kind, of === 'tools' ? 'tools' : column, detail);
  return read.said && { kind: 'messages', ...read.said };
}

function taken(from: Taken, format: Format): Example | undefined {
  switch (format) {
    case 'alpaca': {
      const [instruction, output] = [from.text('instruction'), from.text('output')];
      return { kind: 'alpaca', instruction, input: from.optionalText('input'), output };
    }
    case 'prompt':
      return { kind: 'prompt', prompt: from.text('prompt'), completion: from.text('completion') };
    case 'text':
      return { kind: 'text', text: from.text('text') };
    case 'messages':
      return dialogue(from, 'messages', '');
    case 'sharegpt':
      return dialogue(from, 'conversations', from.optionalText('system'));
  }
}

/** Reads one row. Columns that the format does not have are not looked at. */
export function exampleOf(value: unknown, format: Format, columns: Columns = {}): ReadRow {
  if (!isObject(value)) return { faults: [{ kind: 'row', column: '' }] };
  const from = new Taken(value, columns);
  for (const column of formats[format].required) if (from.value(column) === undefined) from.fault('missing', column);
  const example = taken(from, format);
  const { faults } = from;
  return example === undefined || faults.some(isError) ? { faults } : { example, faults };
}
