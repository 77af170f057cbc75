/** `sft schema [NAME]`: the JSON Schema of a document that programs read; without a name, of all. */
import { nearest } from '../base/nearest.ts';
import { type ExitCode, exit, fail } from '../errors.ts';
import type { SchemaName } from '../report/documents.ts';
import { jsonSchemaOf, schemaNames } from '../report/schema/index.ts';
import type { Context } from './context.ts';

const isName = (name: string): name is SchemaName => (schemaNames as readonly string[]).includes(name);

export async function schema(context: Context, [name]: string[]): Promise<ExitCode> {
  if (name === undefined) {
    const all = Object.fromEntries(schemaNames.map((each) => [each, jsonSchemaOf(each)]));
    context.out(JSON.stringify(all, null, 2));
    return exit.done;
  }
  if (!isName(name)) {
    const guess = nearest(name, schemaNames);
    const fix = guess ? `Did you mean "${guess}"?` : `Name one of ${schemaNames.join(', ')}.`;
    throw fail('usage/schema', `There is no schema "${name}".`, fix, { exit: exit.usage });
  }
  context.out(JSON.stringify(jsonSchemaOf(name), null, 2));
  return exit.done;
}
