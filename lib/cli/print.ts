/** All that is printed under --json, held to the documents' types. */
import type { Documents, SchemaName } from '../report/documents.ts';
import type { Context } from './context.ts';

/**
 * One document, or one line of several, on stdout: `printJson<'status'>(context, ...)`. The name must be written out;
 * without it nothing fits.
 */
export function printJson<Name extends SchemaName = never>(
  { out }: Pick<Context, 'out'>,
  document: NoInfer<Documents[Name]>,
): void {
  out(JSON.stringify(document));
}
