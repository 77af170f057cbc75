/** The settings table as a page of Markdown: what `docs/settings.md` holds. */
import * as z from 'zod';
import type { Json } from '../base/json.ts';
import { isObject } from '../base/json.ts';
import { settingsTable, type TableRow } from '../settings/run.ts';

type Schema = Readonly<Record<string, unknown>>;

const code = (value: unknown) => `\`${typeof value === 'string' ? value : JSON.stringify(value)}\``;

/** Bounds that JSON Schema gives every whole number, and that say nothing to a person. */
const isBound = (value: unknown): value is number =>
  typeof value === 'number' && Math.abs(value) < Number.MAX_SAFE_INTEGER;

function range({ minimum, maximum, exclusiveMinimum, exclusiveMaximum }: Schema): string {
  const low = isBound(minimum) ? `from ${minimum}` : isBound(exclusiveMinimum) ? `above ${exclusiveMinimum}` : '';
  const high = isBound(maximum) ? `to ${maximum}` : isBound(exclusiveMaximum) ? `below ${exclusiveMaximum}` : '';
  return [low, high].filter((part) => part !== '').join(' ');
}

function objectOf(schema: Schema): string {
  const properties = Object.entries(isObject(schema.properties) ? schema.properties : {});
  if (properties.length === 0) return 'object';
  const required = Array.isArray(schema.required) ? schema.required : [];
  const fields = properties.map(([key, inner]) => {
    const mark = required.includes(key) ? '' : '?';
    return `${code(`${key}${mark}`)} ${typeOf(inner as Schema)}`;
  });
  return `{ ${fields.join(', ')} }`;
}

/** A JSON Schema in words. */
export function typeOf(schema: Schema): string {
  const { anyOf, enum: values, const: only, items, type, additionalProperties } = schema;
  if (Array.isArray(anyOf)) return anyOf.map((each) => typeOf(each as Schema)).join(' or ');
  if (Array.isArray(values)) return values.map(code).join(' or ');
  if (only !== undefined) return code(only);
  switch (type) {
    case 'integer':
      return `whole number ${range(schema)}`.trim();
    case 'number':
      return `number ${range(schema)}`.trim();
    case 'boolean':
      return 'true or false';
    case 'string':
      return 'text';
    case 'array':
      return `list of ${isObject(items) ? typeOf(items) : 'anything'}`;
    case 'object':
      if (isObject(schema.properties)) return objectOf(schema);
      return isObject(additionalProperties) ? `names with ${typeOf(additionalProperties)}` : 'object';
    default:
      return 'anything';
  }
}

function defaultOf({ schema }: TableRow): string {
  const parsed = schema.safeParse(undefined);
  if (!parsed.success) return 'needed';
  return parsed.data === undefined ? '' : code(parsed.data as Json);
}

/** A bar would end the cell. */
const cell = (text: string) => text.replaceAll('|', '\\|');

function line(row: TableRow): string {
  const type = typeOf(z.toJSONSchema(row.schema, { io: 'input', unrepresentable: 'any' }) as Schema);
  const unit = row.unit === undefined ? '' : `, in ${row.unit}`;
  const via = row.via === undefined ? '' : `: ${row.via}`;
  const place = row.place === undefined ? '' : `${code(row.place)}${via}`;
  const cells = [code(row.path), `${type}${unit}`, defaultOf(row), row.class, place, row.doc];
  return `| ${cells.map(cell).join(' | ')} |`;
}

const intro = `# Settings

Every setting by its path, as plans and messages name it. This page is made from the table in \`lib/settings/\` by
\`npm run docs\`; a test fails when it is not current.

- A type in \`{ }\` is an object; \`?\` marks what may be left out of it.
- *Default*: "needed" has none; an empty cell means that nothing is set.
- *Change* says what a change means for a run that exists. cosmetic: in place, nothing restarts. operational: from the
  next attempt on. placement: stop at a checkpoint, go on elsewhere. semantic: a new run beside the old.
- *Place* is the synthesised file, and the JSON pointer in it, that the value fills; after a colon, how it is computed.
  Without a place, a setting shapes no file of a run by itself.

| setting | type | default | change | place | what it is |
| --- | --- | --- | --- | --- | --- |
`;

export function settingsPage(): string {
  return `${intro}${[...settingsTable().values()].map(line).join('\n')}\n`;
}
