/** `sft validate --twice`: runs programs a second time, elsewhere on earth and a little later, and compares. */
import { setTimeout as pause } from 'node:timers/promises';
import type { Finding } from '../finding.ts';
import type { Manifest } from '../manifest.ts';
import { shown } from '../settings/shown.ts';
import { firstDisagreement } from '../synth/disagreement.ts';
import type { Context } from './context.ts';
import { loadStacks } from './programs.ts';

/** Longer than a second, which is what most clocks in names count. */
const later = 1100;

/** A day ahead of some places, and with other letters and numbers than most. */
function elsewhere(): Record<string, string> {
  const zone = process.env.TZ === 'Pacific/Kiritimati' ? 'Pacific/Pago_Pago' : 'Pacific/Kiritimati';
  return { TZ: zone, LANG: 'tr_TR.UTF-8', LC_ALL: 'tr_TR.UTF-8' };
}

const fix =
  'Take out what changes from run to run (the clock, chance, the order of a folder, a race, the time zone, the locale); read variables by app.environment().';

function differs(at: string, path: string, message: string): Finding {
  return { id: 'program/differs', severity: 'error', where: { at, path }, message, fix };
}

function compare(first: Manifest, seconds: readonly Manifest[]): Finding[] {
  const second = seconds.find(({ stack }) => stack === first.stack);
  const stack = `stack ${first.stack}`;
  if (!second) return [differs(first.program, stack, `A second run of the program makes no ${stack}.`)];
  const found = firstDisagreement(first, second);
  if (!found) return [];
  const document = `${first.stack}/${found.document}`;
  const place = found.at === undefined ? document : `${document}${found.at.startsWith('/') ? '#' : ', '}${found.at}`;
  const [one, other] = [found.first, found.second].map((value) => JSON.stringify(shown(value)));
  return [differs(first.program, place, `Two runs of the program do not agree: ${place} is ${one}, then ${other}.`)];
}

/** What a second run does not agree on; `first` is what the first one gave. */
export async function disagreements(
  first: readonly Manifest[],
  stacks: readonly string[],
  context: Context,
): Promise<Finding[]> {
  await pause(later, undefined, { signal: context.signal });
  const { manifests, findings } = await loadStacks(stacks, { ...context, variables: elsewhere() });
  const errors = findings.filter(({ severity }) => severity === 'error');
  if (errors.length > 0) return errors;
  const names = new Set(first.map(({ stack }) => stack));
  const more = manifests.filter(({ stack }) => !names.has(stack));
  return [
    ...first.flatMap((manifest) => compare(manifest, manifests)),
    ...more.map(({ program, stack }) =>
      differs(program, `stack ${stack}`, `Only a second run of the program makes stack ${stack}.`),
    ),
  ];
}
