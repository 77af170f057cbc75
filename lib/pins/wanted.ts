/** What the stacks rest on from outside, and how each stands with the pins. Pure. */
import type { Sha } from '../base/hash.ts';
import { isObject } from '../base/json.ts';
import type { Finding } from '../finding.ts';
import type { AskedPin, Manifest } from '../manifest.ts';
import { commitOf, fileHash, type LockFile, lockFileName } from './lock-file.ts';

export interface WantedFile {
  readonly path: string;
  readonly sha256: Sha;
}

const placeOf = ({ kind, id, revision }: AskedPin) => `${kind} ${id} (${revision})`;

/** Each once, by kind, id and revision. */
export function wantedPins(manifests: readonly Pick<Manifest, 'pins'>[]): AskedPin[] {
  const all = new Map(manifests.flatMap(({ pins = [] }) => pins.map((pin) => [placeOf(pin), pin] as const)));
  return [...all].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, pin]) => pin);
}

/** Data files of the runs. */
export function wantedFiles(manifests: readonly Pick<Manifest, 'resources'>[]): WantedFile[] {
  const found = new Map<string, Sha>();
  for (const resource of manifests.flatMap(({ resources }) => resources)) {
    const data = resource.life === 'job' ? resource.settings.data : undefined;
    if (!isObject(data)) continue;
    const evaluation = isObject(data.evaluation) ? data.evaluation.files : undefined;
    for (const [files, path] of [
      [data.files, data.path],
      [evaluation, data.evaluationPath],
    ])
      for (const [index, file] of (Array.isArray(files) ? (files as { sha256: Sha }[]) : []).entries()) {
        const written = [path].flat()[index];
        if (typeof written === 'string') found.set(written, file.sha256);
      }
  }
  return [...found].sort(([a], [b]) => (a < b ? -1 : 1)).map(([path, sha256]) => ({ path, sha256 }));
}

/** What a saved plan rests on, by the name that a message uses; null: there was no pin. */
export function pinnedInputs(manifest: Pick<Manifest, 'pins'>, lock?: LockFile): Record<string, string | null> {
  const entries = wantedPins([manifest]).map((pin) => {
    const { kind, id, revision, commit } = pin;
    return [`pin of ${placeOf(pin)}`, lock ? (commitOf(lock, kind, id, revision) ?? null) : commit] as const;
  });
  return Object.fromEntries(entries);
}

const pin = (severity: Finding['severity'], id: string, message: string, fix: string): Finding => ({
  id,
  severity,
  where: { path: lockFileName },
  message,
  fix,
});

const list = (names: readonly string[]) =>
  names.length > 3 ? `${names.slice(0, 3).join(', ')} and ${names.length - 3} more` : names.join(', ');

export interface PinCheck {
  readonly lock: LockFile;
  readonly trainer: string;
  /** `--require-pins`: everything must be pinned, and as it is pinned. */
  readonly required: boolean;
}

/** What moves under a plan's feet: names on the Hub without a commit, files and a trainer that are not those pinned. */
export function pinFindings(
  manifests: readonly Pick<Manifest, 'pins' | 'resources'>[],
  { lock, trainer, required }: PinCheck,
): Finding[] {
  const severity = required ? 'error' : 'warning';
  const files = wantedFiles(manifests);
  const loose = wantedPins(manifests).filter(({ commit }) => commit === null);
  // The plan holds a file's hash in any case; only who asks for pins asks for this one too.
  const loosely = required ? files.filter(({ path }) => fileHash(lock, path) === undefined) : [];
  const names = [...loose.map(placeOf), ...loosely.map(({ path }) => `file ${path}`)];
  const moved = files.filter(({ path, sha256 }) => (fileHash(lock, path) ?? sha256) !== sha256);
  const missing = names.length === 0 ? [] : [unpinned(severity, names)];
  const changed = moved.map(({ path }) =>
    pin(
      severity,
      'pin/file',
      `${path} is not the file that is pinned: its content is another.`,
      `Put it back, or take the new content: sft pins --update ${path}.`,
    ),
  );
  return [...missing, ...changed, ...trainerFindings(lock.trainer, trainer, required)];
}

function unpinned(severity: Finding['severity'], names: readonly string[]): Finding {
  const one = names.length === 1;
  const message = `${names.length} ${one ? 'input is' : 'inputs are'} not pinned: ${list(names)}.`;
  const fix = `Write ${one ? 'its commit' : 'their commits'} into ${lockFileName}: sft pins.`;
  return { ...pin(severity, 'pin/missing', message, fix), count: names.length };
}

function trainerFindings(pinned: string | undefined, trainer: string, required: boolean): Finding[] {
  if (pinned === trainer || (pinned === undefined && !required)) return [];
  const message =
    pinned === undefined
      ? 'The version of the trainer is not pinned.'
      : `The trainer is ${trainer}, and ${pinned} is pinned.`;
  const fix =
    pinned === undefined ? 'Run sft pins.' : 'Install the cdksft that brings it, or run sft pins --update trainer.';
  return [pin(required ? 'error' : 'warning', 'pin/trainer', message, fix)];
}
