import { readFileSync } from 'node:fs';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import * as z from 'zod';
import { settingsPage, typeOf } from '../../lib/report/settings-page.ts';
import { settingsTable } from '../../lib/settings/run.ts';
import { splitPlace } from '../../lib/synth/places.ts';

const page = (name: string) => readFileSync(new URL(`../../docs/${name}.md`, import.meta.url), 'utf8');

test('docs/settings.md is what the table gives (else: npm run docs)', () => {
  assert.fixture(page('settings'), settingsPage());
});

test('docs/files.md tells of every file that a setting has its place in', () => {
  const files = new Set([...settingsTable().values()].flatMap(({ place }) => (place ? [splitPlace(place).file] : [])));
  for (const file of files) assert.match(page('files'), `\`${file}\``);
});

test('types are told in words', () => {
  const told = (schema: z.ZodType) => typeOf(z.toJSONSchema(schema, { io: 'input' }));
  assert.is(told(z.int().positive()), 'whole number above 0');
  assert.is(told(z.number().min(0).lt(1)), 'number from 0 below 1');
  assert.is(told(z.union([z.literal('a'), z.array(z.string())])), '`a` or list of text');
  assert.is(
    told(z.strictObject({ a: z.boolean(), b: z.int().optional() })),
    '{ `a` true or false, `b?` whole number }',
  );
  assert.is(told(z.record(z.string(), z.string())), 'names with text');
});

test.run();
