/** `ignoreChanges`: which settings it may name, and the recorded values put in the place of what is written. */
import { nearest } from '../base/nearest.ts';
import type { Finding, Where } from '../finding.ts';
import type { IgnoredChange } from '../manifest.ts';
import { settingRows } from '../settings/rows.ts';
import { withChanges } from './changes.ts';

/** Model, data and cluster are constructs of their own: what is written there is not the run's. */
const others = /^(model|data|cluster)(\.|$)/;

/** Settings of a FineTune by the paths of plans, and the blocks that they stand in. */
function names(): Set<string> {
  const own = [...settingRows().keys()].filter((path) => !others.test(path));
  return new Set(own.flatMap((path) => (path.includes('.') ? [path, path.slice(0, path.indexOf('.'))] : [path])));
}

export function checkIgnored(given: readonly string[], where: Where): Finding[] {
  if (given.length === 0) return [];
  const known = names();
  return given
    .filter((name) => !known.has(name))
    .map((name): Finding => {
      const guess = nearest(name, [...known]);
      const above = [...known].find((one) => name.startsWith(`${one}.`));
      const isOthers = others.test(name) && !guess;
      const fix = isOthers
        ? 'Only settings of the FineTune itself can be ignored: model, data and cluster are constructs of their own.'
        : `Did you mean "${above ?? guess}"?`;
      const list = 'Name a setting of a FineTune as plans do, such as learningRate or batch.micro.';
      return {
        id: 'ignore/unknown',
        severity: 'error',
        where: { ...where, path: 'ignoreChanges' },
        given: name,
        message: `ignoreChanges names "${name}", which is no setting of a FineTune.`,
        fix: isOthers || above !== undefined || guess !== undefined ? fix : list,
      };
    });
}

/** What is written, with the recorded values; one that was not given then is not given now. */
export function withKept(written: unknown, kept: readonly IgnoredChange[]): unknown {
  const changes = kept.map(({ path, kept: value }) => ({
    keys: path.split('.'),
    value,
    isDefault: false,
    position: () => undefined,
  }));
  return withChanges(written, changes);
}
