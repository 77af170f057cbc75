/** `cdksft/schema`, as a program with a validator of its own uses it. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import {
  annotations,
  type ManifestFile,
  type PlanDocument,
  type SchemaName,
  schemaNames,
  schemaOf,
} from 'cdksft/schema';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { jsonSchemaOf } from '../lib/report/schema/index.ts';
import { checkout } from './support/sft.ts';

const validator = () => {
  const ajv = new Ajv2020({ allowUnionTypes: true });
  ajv.addVocabulary([...annotations]);
  return ajv;
};

test('the schemas are those that sft schema prints', () => {
  for (const name of schemaNames) assert.equal(schemaOf(name), jsonSchemaOf(name));
  assert.throws(
    () => schemaOf('plans' as SchemaName),
    /there is no schema "plans"; there are manifest, settings, plan/,
  );
});

test('a document that it accepts has the type that it says', () => {
  const isManifest = validator().compile<ManifestFile>(schemaOf('manifest'));
  const document: unknown = JSON.parse(readFileSync(join(checkout, 'test/golden/local-zero2/manifest.json'), 'utf8'));
  assert.ok(isManifest(document));
  const { resources, files } = document;
  assert.ok(resources.some((one) => one.life === 'job' && one.derived.globalBatch > 0));
  assert.ok(files.every(({ sha256 }) => sha256.length === 64));
  assert.not(isManifest({ ...document, stak: 'x' }));
});

test('the name of a schema gives its type', () => {
  const schema: { readonly '~document'?: PlanDocument } = schemaOf('plan');
  // @ts-expect-error: a plan is no manifest
  const other: { readonly '~document'?: ManifestFile } = schemaOf('plan');
  assert.is(Object.hasOwn({ ...schema, ...other }, '~document'), false);
});

test('a caller’s changes stay the caller’s', () => {
  const mine = schemaOf('plan') as Record<string, unknown>;
  mine.title = 'mine';
  assert.is.not(schemaOf('plan').title, 'mine');
});

test.run();
