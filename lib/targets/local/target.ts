/** This machine as a target. */

import { stat, utimes } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import type { EngineEvent } from '../../base/events.ts';
import { type Sha, short } from '../../base/hash.ts';
import { tokenOf } from '../../base/token.ts';
import { fail, UserError } from '../../errors.ts';
import type { Artifact, ArtifactKind, Job, Manifest, Resource } from '../../manifest.ts';
import { codeOf } from '../files.ts';
import { lookAtEach } from '../look.ts';
import { copySource, sourceFiles } from '../sources.ts';
import type { Discarded, Discarding, Stored } from '../stored.ts';
import type { Found, How, Presence, Target } from '../target.ts';
import type { Wheel } from '../wheel.ts';
import { linkRun, strangeness } from './adopt.ts';
import { attemptsOf, UnknownAttempt } from './attempts.ts';
import { buildBundle, bundleFiles, bundlePresence } from './bundle.ts';
import { type Build, buildContext } from './context.ts';
import { discard } from './discard.ts';
import { buildEnvironment, environmentPresence } from './environment.ts';
import { type FollowOptions, followEvents } from './follow.ts';
import { glanceAt } from './glance.ts';
import { inventoryOf } from './inventory.ts';
import { launchAttempt } from './launch.ts';
import { removeRun, runPaths } from './outputs.ts';
import { prepare, preparedPresence } from './prepared.ts';
import { probe } from './probe.ts';
import { lookAtPython, type Python } from './python.ts';
import { checkSecrets, type Environment } from './secrets.ts';
import { stopAttempt } from './stop.ts';
import { Workspace } from './workspace.ts';

export interface LocalOptions {
  /** The project's folder. */
  readonly project: string;
  /** Relative to the project's folder, or absolute. */
  readonly workspace: string;
  readonly trainer: Wheel;
  /** Python that environments are made with. */
  readonly python: string;
  /** Where each data file lies, by its hash. */
  readonly sources: ReadonlyMap<Sha, string>;
  readonly manifest: Manifest;
  /** Variables that a run is started with. */
  readonly environment?: Environment;
  /** Seconds that a training gets to stop; default 120. */
  readonly grace?: number;
}

/** The system or the user's Python gave no answer; anything else thrown is a bug of ours, and stays one. */
function notKnown(caught: unknown): 'unknown' {
  if (caught instanceof UserError || caught instanceof UnknownAttempt || codeOf(caught) !== undefined) return 'unknown';
  throw caught;
}

class LocalTarget implements Target {
  readonly #options: LocalOptions;
  readonly #workspace: Workspace;
  #python: Promise<Python> | undefined;

  constructor(options: LocalOptions) {
    this.#options = options;
    this.#workspace = new Workspace(options.project, options.workspace);
  }

  async root(): Promise<string> {
    return this.#workspace.root;
  }

  async machine(): Promise<string> {
    return hostname();
  }

  source(hash: Sha, name: string): string {
    return this.#workspace.source(hash, name);
  }

  probe() {
    return probe(this.#workspace, this.#options.python);
  }

  secrets(jobs: readonly Job[]) {
    return checkSecrets(jobs, this.#options.environment ?? (() => undefined));
  }

  async has(artifacts: readonly Artifact[]): Promise<Map<string, Presence>> {
    const one = async (artifact: Artifact) => {
      const presence = await this.#presence(artifact).catch(notKnown);
      return [artifact.address, presence] as const;
    };
    await this.#answers();
    return new Map(await lookAtEach(artifacts, one));
  }

  async build(artifact: Artifact, emit: (event: EngineEvent) => void, signal: AbortSignal): Promise<void> {
    const context = await buildContext(this.#workspace, this.#options.trainer, artifact, emit, signal);
    switch (artifact.make) {
      case 'environment':
        return buildEnvironment(artifact, await this.#interpreter(), await this.#environment(artifact), context);
      case 'bundle':
        return this.#bundle(artifact);
      case 'data':
      case 'weights':
        return this.#prepare(artifact, artifact.make, context);
    }
  }

  async find(jobs: readonly Job[]): Promise<Map<string, Found[] | 'unknown'>> {
    const { stack } = this.#options.manifest;
    const one = async (job: Job) => {
      const found = await attemptsOf(this.#workspace, stack, job).catch(notKnown);
      return [job.address, found] as const;
    };
    await this.#answers();
    return new Map(await lookAtEach(jobs, one));
  }

  async start(job: Job, artifacts: readonly Artifact[], n: number, how: How) {
    const bundle = this.#needed(job, 'bundle', artifacts);
    const environment = this.#needed(job, 'environment', artifacts);
    for (const artifact of artifacts) await this.#touch(artifact);
    return launchAttempt({
      root: this.#workspace.root,
      run: this.#workspace.run(job),
      bundle: this.#workspace.bundle(bundle, this.#options.trainer),
      python: join(await this.#environment(environment), 'bin', 'python'),
      n,
      token: tokenOf(this.#workspace.root, this.#options.manifest.stack, job, n),
      birth: job,
      ...how,
      from: this.#workspace.resultFor(job),
      grace: this.#options.grace,
    });
  }

  stop(job: Job, n: number, save: boolean, signal: AbortSignal): Promise<void> {
    return stopAttempt(this.#workspace.attempt(job, n), save, signal, this.#options.grace);
  }

  follow(job: Job, n: number, options: FollowOptions) {
    return followEvents(this.#workspace.attempt(job, n), options);
  }

  async glance(job: Job, n: number) {
    return glanceAt(this.#workspace.attempt(job, n));
  }

  strange(job: Job, folder: string) {
    return strangeness({ workspace: this.#workspace, manifest: this.#options.manifest, job, folder });
  }

  takeOver(job: Job, folder: string) {
    return linkRun({ workspace: this.#workspace, manifest: this.#options.manifest, job, folder });
  }

  paths(job: Job) {
    return runPaths(this.#workspace.run(job));
  }

  remove(job: Job, results: boolean): Promise<void> {
    return removeRun(this.#workspace.run(job), results);
  }

  async inventory() {
    await this.#answers();
    return inventoryOf(this.#workspace.root);
  }

  async discard(things: readonly Stored[], how: Discarding): Promise<Discarded[]> {
    return things.length === 0 ? [] : discard(this.#workspace.root, things, how);
  }

  /** So that no `sft gc` takes it for something that nobody needs. */
  async #touch(artifact: Artifact): Promise<void> {
    const now = new Date();
    try {
      await utimes(await this.#place(artifact), now, now);
    } catch (caught) {
      if (codeOf(caught) !== 'ENOENT') throw caught;
      throw fail(
        'start/missing',
        `The ${artifact.make} that ${artifact.address} stands for is not in the workspace any more.`,
        'Apply again: it is made anew.',
      );
    }
  }

  /** A file system that hangs, as one of a server that is gone, does so here, where whoever asks can leave. */
  async #answers(): Promise<void> {
    await stat(this.#workspace.root).catch(() => undefined);
  }

  /** Throws what `probe` would have reported. */
  #interpreter(): Promise<Python> {
    this.#python ??= lookAtPython(this.#options.python).then((looked) => {
      if ('finding' in looked) throw new UserError(looked.finding);
      return looked.python;
    });
    return this.#python;
  }

  async #environment(artifact: Artifact): Promise<string> {
    const { minor } = await this.#interpreter();
    return join(this.#workspace.environments(), `${short(artifact.key)}-py${minor}`);
  }

  #place(artifact: Artifact): string | Promise<string> {
    switch (artifact.make) {
      case 'environment':
        return this.#environment(artifact);
      case 'bundle':
        return this.#workspace.bundle(artifact, this.#options.trainer);
      case 'data':
      case 'weights':
        return this.#workspace.prepared(artifact);
    }
  }

  async #presence(artifact: Artifact): Promise<Presence> {
    const { manifest, trainer } = this.#options;
    const place = await this.#place(artifact);
    if (artifact.make === 'environment') return environmentPresence(place);
    if (artifact.make === 'bundle') return bundlePresence(place, bundleFiles(artifact, manifest, trainer));
    return preparedPresence(place);
  }

  async #bundle(artifact: Artifact): Promise<void> {
    const { manifest, trainer } = this.#options;
    await buildBundle(this.#workspace.bundle(artifact, trainer), bundleFiles(artifact, manifest, trainer));
  }

  async #prepare(artifact: Artifact, only: 'data' | 'weights', context: Build): Promise<void> {
    const { manifest, sources, trainer } = this.#options;
    // Weights rest on the data too: their tokenizer is trained on its rows.
    const users = manifest.resources.filter(
      (resource) => resource.address === artifact.address || artifact.needs.includes(resource.address),
    );
    for (const user of users)
      for (const file of sourceFiles(user.life === 'artifact' && user.make === 'data' ? user.spec : undefined))
        await copySource(file, sources.get(file.sha256), this.#workspace.source(file.sha256, file.name));
    const needed = this.#needed(artifact, 'bundle', manifest.resources);
    await this.#bundle(needed);
    const bundle = this.#workspace.bundle(needed, trainer);
    const python = this.#needed(artifact, 'environment', manifest.resources);
    for (const used of [needed, python]) await this.#touch(used);
    const environment = await this.#environment(python);
    await prepare(
      {
        only,
        python: join(environment, 'bin', 'python'),
        root: this.#workspace.root,
        bundle,
        wheel: join(bundle, trainer.name),
        folder: this.#workspace.prepared(artifact),
        from: this.#workspace.resultFor(artifact),
      },
      context,
    );
  }

  #needed(of: Resource, make: ArtifactKind, among: readonly Resource[]): Artifact {
    const found = [...among, ...this.#options.manifest.resources].find(
      (one): one is Artifact => one.life === 'artifact' && one.make === make && of.needs.includes(one.address),
    );
    if (!found) throw new Error(`${of.address} needs no ${make}`);
    return found;
  }
}

export function localTarget(options: LocalOptions): Target {
  return new LocalTarget(options);
}
