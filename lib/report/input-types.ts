/**
 * The types of what users write, made from the settings table: what `lib/settings/inputs/` holds. So the sentence, unit,
 * range and default that an editor shows are those that `docs/settings.md` has and that the program checks.
 */
import * as z from 'zod';
import { isObject } from '../base/json.ts';
import { lora, qlora } from '../settings/method.ts';
import { schemas } from '../settings/schemas.ts';
import { settings } from '../settings/table.ts';
import { training } from '../settings/training.ts';
import { zero } from '../settings/zero.ts';
import { withMeta } from './schema/meta.ts';
import { typeOf as words } from './settings-page.ts';

type Schema = Readonly<Record<string, unknown>>;

interface Source {
  readonly name: string;
  readonly doc: string;
  readonly schema: z.ZodType;
  /** The interface of the same file that it extends. */
  readonly base?: string;
}

/** Interfaces of their own, by the place where they stand: the table names what is in them. */
const blocks: Readonly<Record<string, { readonly name: string; readonly doc: string }>> = {
  batch: { name: 'BatchInput', doc: 'How many rows are taken at once.' },
  columns: { name: 'ColumnsInput', doc: 'What the data calls the columns of the format, by the format’s own names.' },
  fix: { name: 'FixInput', doc: 'What is done about rows before they are learnt from; docs/data.md, Fixes.' },
  gpus: { name: 'NodeGpusInput', doc: 'The GPUs of each node.' },
  tokenizer: {
    name: 'TrainedTokenizerInput',
    doc: 'A byte-level BPE tokenizer that is trained on the dataset’s rows.',
  },
};

/** What is defined elsewhere, with its own words for each field. */
const elsewhere: Readonly<Record<string, string>> = { overrides: 'Overrides' };

const files: Readonly<Record<string, readonly Source[]>> = {
  'training.ts': [{ name: 'TrainingInput', doc: 'What a run trains with.', schema: training }],
  'method.ts': [
    { name: 'LoraInput', doc: 'Settings of `lora()`.', schema: lora },
    { name: 'QloraInput', doc: 'Settings of `qlora()`.', schema: qlora, base: 'LoraInput' },
    { name: 'ZeroInput', doc: 'DeepSpeed ZeRO (arXiv 1910.02054): what is sharded over the ranks.', schema: zero },
  ],
  'dataset.ts': [
    { name: 'FileDatasetInput', doc: 'Settings of `Dataset.fromFile()`.', schema: schemas['dataset.file'] },
    { name: 'HubDatasetInput', doc: 'Settings of `Dataset.fromHub()`.', schema: schemas['dataset.hub'] },
  ],
  'parts.ts': [
    { name: 'HubModelInput', doc: 'Settings of `Model.fromHub()`.', schema: schemas['model.hub'] },
    { name: 'PathModelInput', doc: 'Settings of `Model.fromPath()`.', schema: schemas['model.path'] },
    { name: 'ConfigModelInput', doc: 'Settings of `Model.fromConfig()`.', schema: schemas['model.config'] },
    { name: 'LocalClusterInput', doc: 'Settings of `Cluster.local()`.', schema: schemas['cluster.local'] },
    { name: 'SshClusterInput', doc: 'Settings of `Cluster.ssh()`.', schema: schemas['cluster.ssh'] },
    { name: 'SlurmClusterInput', doc: 'Settings of `Cluster.slurm()`.', schema: schemas['cluster.slurm'] },
  ],
};

const literal = (value: unknown) => (typeof value === 'string' ? `'${value}'` : JSON.stringify(value));
const union = (parts: readonly string[]) => [...new Set(parts)].join(' | ');

function typeOf(schema: Schema): string {
  const { anyOf, enum: values, const: only, items, type, additionalProperties, properties } = schema;
  if (Array.isArray(anyOf)) return union(anyOf.map((each) => typeOf(each as Schema)));
  if (Array.isArray(values)) return union(values.map(literal));
  if (only !== undefined) return literal(only);
  switch (type) {
    case 'integer':
    case 'number':
      return 'number';
    case 'boolean':
    case 'string':
      return type;
    case 'array':
      return `readonly ${/\W/.test(typeOf(items as Schema)) ? `(${typeOf(items as Schema)})` : typeOf(items as Schema)}[]`;
    case 'object': {
      if (!isObject(properties)) return `Readonly<Record<string, ${typeOf(additionalProperties as Schema)}>>`;
      const open = additionalProperties === false ? '' : ' readonly [key: string]: unknown;';
      const fields = Object.entries(properties).map(([key, inner]) => ` ${field(key, inner as Schema, schema)};`);
      return `{${fields.join('')}${open} }`;
    }
    default:
      return 'unknown';
  }
}

function field(key: string, inner: Schema, { required }: Schema): string {
  const needed = Array.isArray(required) && required.includes(key);
  const type = elsewhere[key] ?? (isBlock(key, inner) ? blocks[key]?.name : typeOf(inner));
  return needed ? `readonly ${key}: ${type}` : `readonly ${key}?: ${type} | undefined`;
}

const isBlock = (key: string, inner: Schema) => key in blocks && holdsSettings(inner);
const holdsSettings = ({ properties }: Schema): boolean =>
  isObject(properties) && Object.values(properties).some((one) => isObject(one) && one['x-class'] !== undefined);

/** Lines of at most 114 letters. */
function wrapped(text: string): string[] {
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const last = lines.at(-1);
    if (last === undefined || last.length + word.length > 113) lines.push(word);
    else lines[lines.length - 1] = `${last} ${word}`;
  }
  return lines;
}

/** A brace would begin a tag of TSDoc, an angle bracket an element; not so in code. */
const escaped = (text: string) =>
  text
    .split('`')
    .map((part, index) => (index % 2 === 1 ? part : part.replace(/[{}<>@]/g, (one) => `\\${one}`)))
    .join('`');

function comment(text: string): string {
  const safe = escaped(text);
  return safe.length < 110
    ? `  /** ${safe} */`
    : `  /**\n${wrapped(safe)
        .map((line) => `   * ${line}\n`)
        .join('')}   */`;
}

/** Sentence, shape and unit, default, place, class of a change: what the table knows of a setting. */
function sentences(key: string, inner: Schema): string {
  if (inner['x-class'] === undefined) return isBlock(key, inner) ? (blocks[key]?.doc ?? '') : '';
  const { description, type, 'x-unit': unit, 'x-place': place, 'x-class': change, 'x-default': ours } = inner;
  const bounds = type === 'integer' || type === 'number' ? words(inner) : '';
  const shape = [bounds, unit === undefined ? '' : `in ${String(unit)}`].filter((part) => part !== '').join(', ');
  return [
    String(description),
    shape === '' ? '' : `Value: ${shape}.`,
    ours === undefined ? '' : `Default: \`${typeof ours === 'string' ? ours : JSON.stringify(ours)}\`.`,
    typeof place === 'string' ? `Fills \`${place}\`.` : '',
    `Change: ${String(change)}.`,
  ]
    .filter((part) => part !== '')
    .join(' ');
}

const fieldsOf = (schema: Schema) =>
  Object.entries(schema.properties as Record<string, Schema>).map(
    ([key, inner]) => `${comment(sentences(key, inner))}\n  ${field(key, inner, schema)};\n`,
  );

function interfaceOf(name: string, doc: string, fields: readonly string[], base?: string): string {
  return `/** ${doc} */\nexport interface ${name}${base ? ` extends ${base}` : ''} {\n${fields.join('')}}\n`;
}

const jsonSchema = (schema: z.ZodType): Schema =>
  z.toJSONSchema(schema, {
    io: 'input',
    unrepresentable: 'any',
    override: ({ zodSchema, jsonSchema: made }) => {
      withMeta(zodSchema, made);
      const meant = settings.has(zodSchema) ? z.safeParse(zodSchema, undefined) : undefined;
      if (meant?.success && meant.data !== undefined) made['x-default'] = meant.data;
    },
  }) as Schema;

function blocksIn(schema: Schema): [string, Schema][] {
  return Object.entries(schema.properties as Record<string, Schema>).filter(([key, inner]) => isBlock(key, inner));
}

function fileOf(sources: readonly Source[]): string {
  const made = sources.map((source) => ({ ...source, schema: jsonSchema(source.schema) }));
  const fields = new Map(made.map(({ name, schema }) => [name, fieldsOf(schema)]));
  const inner = new Map(made.flatMap(({ schema }) => blocksIn(schema)));
  const texts = [
    ...made.map(({ name, doc, base }) => {
      const inherited = base === undefined ? [] : (fields.get(base) ?? []);
      const own = (fields.get(name) ?? []).filter((one) => !inherited.includes(one));
      return interfaceOf(name, doc, own, base);
    }),
    ...[...inner].map(([key, schema]) =>
      interfaceOf(blocks[key]?.name ?? '', blocks[key]?.doc ?? '', fieldsOf(schema)),
    ),
  ];
  const body = texts.join('\n');
  const imports = body.includes('Overrides') ? `import type { Overrides } from '../documents.ts';\n\n` : '';
  return `/** What users write. Made from the settings table by \`npm run docs\`: change that, not this. */\n${imports}${body}`;
}

/** The files of `lib/settings/inputs/`, by name. */
export function inputTypes(): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(files).map(([name, sources]) => [name, fileOf(sources)]));
}
