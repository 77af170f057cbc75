/** Results that rest on each other: an adapter is of no use without the model that it was trained beside. */
import { isObject } from '../base/json.ts';
import { resultPath } from '../base/run-folder.ts';
import type { Job } from '../manifest.ts';
import { runsOf } from '../state/record.ts';
import type { Recorded } from '../state/state.ts';

/** The result of another run that this one's adapter lies on; undefined where it lies on something else. */
function liesOn({ settings: { model, method }, begins }: Job): string | undefined {
  if (!begins || !isObject(model) || (isObject(method) && method.kind === 'full')) return undefined;
  if (model.use === 'model') return resultPath(begins);
  const { base } = model;
  return model.use === 'adapter' && isObject(base) && base.source === 'run' ? String(base.result) : undefined;
}

/** Addresses of other runs whose adapters lie on a result of this one. */
export function restingOn(address: string, records: readonly Recorded[]): string[] {
  const own = records.find((record) => record.address === address);
  const results = new Set(own ? runsOf(own).map(({ resource }) => resultPath(resource)) : []);
  return records
    .filter((record) => record.address !== address)
    .filter((record) => runsOf(record).some(({ resource }) => results.has(liesOn(resource) ?? '')))
    .map((record) => record.address);
}

/** Runs that begin with another's result before that one. */
export function dependantsFirst(records: readonly Recorded[]): Recorded[] {
  const byAddress = new Map(records.map((record) => [record.address, record]));
  const depth = (record: Recorded, seen: readonly string[] = []): number => {
    const from = record.resource.begins?.address ?? '';
    const upstream = seen.includes(from) ? undefined : byAddress.get(from);
    return upstream ? 1 + depth(upstream, [...seen, record.address]) : 0;
  };
  return [...records].sort((a, b) => depth(b) - depth(a));
}
