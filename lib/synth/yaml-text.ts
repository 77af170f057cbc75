/**
 * Plain data as YAML that YAML 1.1 and 1.2 readers take alike. Only what `launch.yaml` needs: maps and lists in blocks,
 * every text that could be read as something else in JSON's quotes. The `yaml` package writes the same, but takes longer
 * to load than all of a synthesis; it reads ours back in a test.
 */
import { isObject, type Json } from '../base/json.ts';

/** Begins like a word or a path, and holds nothing that ends a plain text or begins something else. */
const safe = /^(?:[A-Za-z/$]|\.[A-Za-z/])(?:[\w./*@+=,$"'(){}[\]<>|&;#-]| (?!#))*$/;
/** All of ASCII that is printed, but the quote that goes around it. */
const printed = /^[ -&(-~]*$/;
/** Words of YAML 1.1 or 1.2 that stand for another type. */
const taken = /^(y|n|yes|no|on|off|true|false|null|\.?nan|\.?inf|\.?e[-+]?[\d_]+)$/i;

/** Unicode line breaks and what YAML calls not printable; JSON escapes neither. */
const odd = /[\u007f-\u009f\u2028\u2029\ufeff\ufffe\uffff\ud800-\udfff]/gu;

function quoted(text: string): string {
  return JSON.stringify(text).replaceAll(odd, (one) => `\\u${one.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

function scalar(value: Json): string {
  if (typeof value !== 'string') return JSON.stringify(value);
  if (safe.test(value) && !taken.test(value) && !value.endsWith(' ')) return value;
  return value.includes('"') && printed.test(value) ? `'${value}'` : quoted(value);
}

const isEmpty = (value: Json) => typeof value === 'object' && value !== null && Object.keys(value).length === 0;

/** Behind a key or a dash: on its line where it is short, else on lines of its own. */
function behind(value: Json, indent: string): string {
  if (isEmpty(value)) return Array.isArray(value) ? ' []' : ' {}';
  if (typeof value !== 'object' || value === null) return ` ${scalar(value)}`;
  return `\n${block(value, indent)}`;
}

/** YAML wants a key's colon within 1024 characters, or the long form. */
function keyed(key: string, indent: string): string {
  const text = scalar(key);
  return text.length > 1000 ? `? ${text}\n${indent}` : text;
}

function item(value: Json, indent: string): string {
  const inner = `${indent}  `;
  // The first line of what is inside stands beside the dash.
  return isObject(value) && !isEmpty(value as Json)
    ? `${indent}- ${block(value as Json, inner).slice(inner.length)}`
    : `${indent}-${behind(value, inner)}`;
}

function block(value: Json, indent: string): string {
  const lines: string[] = [];
  if (Array.isArray(value)) for (const each of value) lines.push(item(each as Json, indent));
  else
    for (const [key, inner] of Object.entries(value as Record<string, Json | undefined>))
      if (inner !== undefined) lines.push(`${indent}${keyed(key, indent)}:${behind(inner, `${indent}  `)}`);
  return lines.join('\n');
}

/** With a newline at the end. */
export function yamlText(value: Json): string {
  return `${typeof value === 'object' && value !== null && !isEmpty(value) ? block(value, '') : scalar(value)}\n`;
}
