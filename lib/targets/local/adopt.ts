/**
 * A run that launch.sh trained in a folder of its own, as of `sft export`: is it the one that is meant, and if so, the
 * link in the workspace by which every command finds it. The folder stays where it is: what runs there holds its path.
 */
import { lstat, mkdir, open, realpath, symlink, unlink } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { sha256 } from '../../base/hash.ts';
import { birthplace, tokenOf } from '../../base/token.ts';
import { fail } from '../../errors.ts';
import type { Finding } from '../../finding.ts';
import type { Job, Manifest } from '../../manifest.ts';
import { jobsOf } from '../../plan/match.ts';
import { codeOf, isAsListed, isListed, type ListedFile, orAbsent } from '../files.ts';
import { namesIn, objectIn } from '../look.ts';
import { attemptNumbers } from './attempts.ts';
import type { Workspace } from './workspace.ts';

export interface Elsewhere {
  readonly workspace: Workspace;
  readonly manifest: Manifest;
  readonly job: Job;
  /** As a person named it: where launch.sh is, or what SFT_RUN named. */
  readonly folder: string;
}

const problem = (id: string, message: string, fix: string, given?: string): Finding => ({
  id,
  severity: 'error',
  where: {},
  ...(given === undefined ? {} : { given }),
  message: `${message} Nothing was changed.`,
  fix,
});

/** launch.sh trains in `run` beside it, where SFT_RUN names no other folder. */
function runIn(folder: string): string | undefined {
  return [join(folder, 'run'), folder].find((each) => attemptNumbers(each).length > 0);
}

/** What train.json beside it says to be. */
function otherRun({ manifest, job, folder }: Elsewhere): Finding[] {
  const train = objectIn(join(folder, 'train.json'));
  if (!train) return [];
  const wanted = { stack: manifest.stack, run: birthplace(job), identity: job.identity };
  const others = Object.entries(wanted).filter(
    ([key, value]) => train[key] !== value && !(key === 'run' && train[key] === job.address),
  );
  const [other] = others;
  if (!other) return [];
  const [key, value] = other;
  const why = key === 'identity' ? 'other settings shape what it learns' : `its ${key} is another one`;
  return [
    problem(
      'adopt/other-run',
      `${folder} trains another run than ${job.address}: ${why} (train.json has ${key} ${String(train[key])}, the program ${value}).`,
      'Name the folder of this run, or give the program the settings that were trained with.',
    ),
  ];
}

/** What vouches for the files: the list that came with them, else what the program renders. */
function listOf({ manifest, job, folder }: Elsewhere): ListedFile[] {
  const listed = objectIn(join(folder, 'files.json'))?.files;
  if (Array.isArray(listed) && listed.every(isListed)) return listed;
  const place = `${job.folder}/`;
  return manifest.files
    .filter(({ path }) => path.startsWith(place))
    .map(({ path, content }) => ({
      path: path.slice(place.length),
      bytes: Buffer.byteLength(content),
      sha256: sha256(content),
    }));
}

async function edited(elsewhere: Elsewhere): Promise<Finding[]> {
  const { folder, job } = elsewhere;
  if (!namesIn(folder).includes('train.json')) return [];
  for (const file of listOf(elsewhere))
    if (!(await isAsListed(folder, file, true)))
      return [
        problem(
          'adopt/edited',
          `${join(folder, file.path)} is not as it was written for ${job.address}: what was trained is not known from it.`,
          'Put the file back (sft synth, or sft export again); if the training used the edit, it is another run.',
        ),
      ];
  return [];
}

/** The workspaces that launch.sh may have taken: SFT_ROOT, its own folder, or that of the run that a chain began with. */
function rootsOf({ workspace, manifest, job, folder }: Elsewhere, run: string): string[] {
  const above = resolve(folder, '../'.repeat(job.folder.split('/').length));
  const others = jobsOf(manifest).map((one) => join(above, one.folder));
  return [workspace.root, folder, dirname(run), ...others];
}

/** A token is a hash of workspace, stack, address, identity and number: whose attempt it is can be told from it alone. */
function otherStart(elsewhere: Elsewhere, run: string): Finding[] {
  const { manifest, job, folder } = elsewhere;
  const births = [job, { address: job.address, identity: job.identity }];
  const roots = rootsOf(elsewhere, run);
  const claims = attemptNumbers(run).flatMap((n) => {
    const token = objectIn(join(run, 'attempts', String(n), 'claim.json'))?.token;
    return typeof token === 'string' ? [{ n, token }] : [];
  });
  const strange = claims.find(
    ({ n, token }) => !roots.some((root) => births.some((birth) => tokenOf(root, manifest.stack, birth, n) === token)),
  );
  if (claims.length > 0 && !strange) return [];
  const message = strange
    ? `Attempt ${strange.n} in ${folder} is of other settings, of another run, or was started with another SFT_ROOT than ${job.address} has.`
    : `No supervisor has claimed an attempt in ${folder}.`;
  return [problem('adopt/other-start', message, 'Name the folder where launch.sh of exactly this run was started.')];
}

/** The run's own place is free, or is this very folder. */
async function taken({ workspace, job }: Elsewhere, run: string): Promise<Finding[]> {
  const own = workspace.run(job);
  const there = await orAbsent(lstat(own));
  const real = await orAbsent(realpath(own));
  if (there === undefined || real === run || (there.isSymbolicLink() && real === undefined)) return [];
  return [
    problem(
      'adopt/taken',
      `${job.address} has a folder in the workspace already: ${own}.`,
      'One run has one folder. Look at it; if nothing in it is needed, remove it, and adopt again.',
    ),
  ];
}

/** Why a folder cannot become the run's own; empty where it can. */
export async function strangeness(given: Elsewhere): Promise<Finding[]> {
  const folder = (await orAbsent(realpath(given.folder))) ?? given.folder;
  const elsewhere = { ...given, folder };
  const found = runIn(folder);
  if (found === undefined)
    return [
      problem(
        'adopt/nothing',
        `${folder} holds no attempt of a run.`,
        'Name the folder of the launch.sh that was started, or the one that SFT_RUN named.',
      ),
    ];
  const run = await realpath(found);
  const first = [...otherRun(elsewhere), ...(await edited(elsewhere))];
  if (first.length > 0) return first;
  return [...otherStart(elsewhere, run), ...(await taken(elsewhere, run))];
}

/** Safe to call twice and to kill: a link is there or not. */
export async function linkRun({ workspace, job, folder }: Elsewhere): Promise<void> {
  const found = runIn(folder);
  if (found === undefined) throw new Error(`${folder} holds no attempt`);
  const run = await realpath(found);
  const own = workspace.run(job);
  await mkdir(dirname(own), { recursive: true });
  await dropDeadLink(own);
  try {
    await symlink(run, own);
  } catch (caught) {
    if (codeOf(caught) !== 'EEXIST') throw caught;
    if ((await orAbsent(realpath(own))) !== run)
      throw fail('adopt/taken', `${own} is there by now.`, 'Look at it; if nothing in it is needed, remove it.');
  }
  const runs = await open(dirname(own));
  await runs.sync();
  await runs.close();
}

/** A link to a folder that is gone: what starts anew begins in a folder of its own. */
export async function dropDeadLink(run: string): Promise<void> {
  const link = await orAbsent(lstat(run));
  if (link?.isSymbolicLink() && (await orAbsent(realpath(run))) === undefined) await unlink(run);
}
