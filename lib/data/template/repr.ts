/** What Python writes of a list, a dictionary, and of what is in them: `['a', True, None, 2.0]`. */
import { floatText } from './python.ts';

interface Value {
  readonly type: string;
  readonly value: unknown;
}

/** Not printable to Python: control, format, private, halves of pairs, unassigned, and each space but the usual one. */
const hidden = /[\p{C}\p{Z}]/u;
const short: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t', '\\': '\\\\' };

function escaped(letter: string, quote: string): string {
  if (letter === quote) return `\\${letter}`;
  const named = short[letter];
  if (named !== undefined) return named;
  if (letter === ' ' || !hidden.test(letter)) return letter;
  const code = letter.codePointAt(0) as number;
  const [sign, digits] = code > 0xffff ? ['U', 8] : code > 0xff ? ['u', 4] : ['x', 2];
  return `\\${sign}${code.toString(16).padStart(digits as number, '0')}`;
}

function textRepr(text: string): string {
  const quote = text.includes("'") && !text.includes('"') ? '"' : "'";
  return quote + [...text].map((letter) => escaped(letter, quote)).join('') + quote;
}

/** Keys of a dictionary are texts here. */
export function repr({ type, value }: Value): string {
  if (type === 'StringValue') return textRepr(String(value));
  if (type === 'BooleanValue') return value === true ? 'True' : 'False';
  if (type === 'NullValue') return 'None';
  if (type === 'UndefinedValue') return 'Undefined';
  if (type === 'FloatValue') return floatText(value as number);
  if (Array.isArray(value)) {
    const inner = (value as Value[]).map(repr).join(', ');
    if (type !== 'TupleValue') return `[${inner}]`;
    return value.length === 1 ? `(${inner},)` : `(${inner})`;
  }
  if (value instanceof Map) {
    const entries = [...(value as Map<string, Value>)];
    return `{${entries.map(([key, one]) => `${textRepr(key)}: ${repr(one)}`).join(', ')}}`;
  }
  return String(value);
}
