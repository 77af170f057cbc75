/** Holds what `sft` prints to the JSON Schemas that it gives out. */
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import type { SchemaName } from '../../lib/report/documents.ts';
import { annotations, jsonSchemaOf } from '../../lib/report/schema/index.ts';

const compiled = new Map<SchemaName, ValidateFunction>();

export function validatorOf(name: SchemaName): ValidateFunction {
  const ajv = new Ajv2020({ strict: true, allErrors: true, allowUnionTypes: true });
  ajv.addVocabulary([...annotations]);
  const validate = compiled.get(name) ?? ajv.compile(jsonSchemaOf(name));
  compiled.set(name, validate);
  return validate;
}

/** The faults of a value, one line each; empty where it is as the schema says. */
export function faultsOf(name: SchemaName, value: unknown): string[] {
  const validate = validatorOf(name);
  if (validate(value)) return [];
  return (validate.errors ?? []).map(
    (error) => `${error.instancePath} ${error.message} ${JSON.stringify(error.params)}`,
  );
}
