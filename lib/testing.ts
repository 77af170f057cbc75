/**
 * `cdksft/testing`: stacks made in memory, for unit tests with any runner. Nothing is written and nothing is sent; data
 * files are read, as `sft synth` reads them.
 */
import type { Sha } from './base/hash.ts';
import type { Json, JsonObject } from './base/json.ts';
import type { Move } from './base/moves.ts';
import type { Birth } from './base/token.ts';
import { App } from './constructs/app.ts';
import { collect } from './constructs/collect.ts';
import type { Finding, Severity, Where } from './finding.ts';
import type {
  Artifact,
  ArtifactKind,
  AskedPin,
  Derived,
  GeneratedFile,
  IgnoredChange,
  Job,
  Layout,
  Manifest,
  Resource,
  ResourceBase,
  TargetSpec,
} from './manifest.ts';
import { inMemory } from './program/context.ts';
import type { Document, Override, Overrides } from './settings/documents.ts';
import { eachOverride } from './settings/overrides.ts';

export type {
  Artifact,
  ArtifactKind,
  AskedPin,
  Birth,
  Derived,
  Document,
  Finding,
  GeneratedFile,
  IgnoredChange,
  Job,
  Json,
  JsonObject,
  Layout,
  Manifest,
  Move,
  Override,
  Overrides,
  Resource,
  ResourceBase,
  Severity,
  Sha,
  TargetSpec,
  Where,
};

/** What stands in for the machine and the command line. */
export interface SynthesizeOptions {
  /** What `app.context()` answers, as `sft plan -c KEY=VALUE` would give it. Default: nothing. */
  readonly context?: Readonly<Record<string, string>>;
  /** What `app.environment()` answers. Default: no variable is set, so that a test does not depend on its machine. */
  readonly environment?: Readonly<Record<string, string>>;
  /** Folder that data files are relative to. Default: the nearest from the working folder upwards with `sft.yaml` or `package.json`. */
  readonly project?: string;
}

/** One run, resolved. Made by `synthesize()`. */
export class SynthesizedRun {
  /** The id of its stack. */
  readonly stack: string;
  /** The run's path below its stack. */
  readonly address: string;
  /** Hash of what shapes learning: two runs of one identity are one run. */
  readonly identity: string;
  /** Every setting, defaults filled in: `settings.batch`, `settings.learningRate`. docs/settings.md lists them. */
  readonly settings: JsonObject;
  /** What follows by arithmetic: ranks, accumulation, global batch, rows, steps, warm-up steps. */
  readonly derived: Derived;
  /** Hosts, ranks, device, launcher. */
  readonly layout: Layout;
  /** Values that are put into its files past the settings: docs/overrides.md. */
  readonly overrides: readonly Override[];
  /** Address of the run whose result it begins with (`Model.fromRun`). */
  readonly begins: string | undefined;
  readonly #files: ReadonlyMap<string, string>;

  /** @internal */
  constructor(job: Job, manifest: Manifest) {
    this.stack = manifest.stack;
    this.address = job.address;
    this.identity = job.identity;
    this.settings = job.settings;
    this.derived = job.derived;
    this.layout = job.layout;
    this.overrides = eachOverride(job.settings.overrides);
    this.begins = job.begins?.address;
    const prefix = `${job.folder}/`;
    const own = manifest.files.filter(({ path }) => path.startsWith(prefix));
    this.#files = new Map(own.map(({ path, content }) => [path.slice(prefix.length), content]));
  }

  /** Names of its files: `train.json`, `launch.sh`, ... */
  get files(): string[] {
    return [...this.#files.keys()];
  }

  /**
   * The text of one of its files.
   * @param name - As `files` lists it.
   * @throws `Error` where the run has none of this name.
   */
  text(name: string): string {
    const content = this.#files.get(name);
    if (content === undefined) throw new Error(`run ${this.address} has no ${name}; it has ${this.files.join(', ')}`);
    return content;
  }

  /**
   * One of its JSON files, parsed.
   * @param name - As `files` lists it.
   * @throws `Error` where the run has none of this name.
   */
  json(name: 'train.json' | 'deepspeed.json' | (string & {})): JsonObject {
    return JSON.parse(this.text(name)) as JsonObject;
  }
}

/** What a program would have handed to `sft`. Made by `synthesize()`. */
export class Synthesized {
  /** One a stack. */
  readonly manifests: readonly Manifest[];
  /** Errors, warnings and notes of all stacks, as `sft validate` tells them. */
  readonly findings: readonly Finding[];

  /** @internal */
  constructor(manifests: readonly Manifest[], findings: readonly Finding[]) {
    this.manifests = manifests;
    this.findings = findings;
  }

  /** Those that `sft synth` would refuse with. */
  get errors(): readonly Finding[] {
    return this.findings.filter(({ severity }) => severity === 'error');
  }

  /** Every run of every stack. */
  get runs(): SynthesizedRun[] {
    return this.manifests.flatMap((manifest) =>
      manifest.resources.flatMap((one) => (one.life === 'job' ? [new SynthesizedRun(one, manifest)] : [])),
    );
  }

  /**
   * A run by name.
   * @param name - Its address or `stack/address`. Default: the only run that there is.
   * @throws `Error` where that is not one run; it lists the runs, and the mistakes that were found.
   */
  run(name?: string): SynthesizedRun {
    const all = this.runs;
    const found = all.filter(
      (run) => name === undefined || name === run.address || name === `${run.stack}/${run.address}`,
    );
    const [first, ...others] = found;
    if (first && others.length === 0) return first;
    const names = all.map((run) => `${run.stack}/${run.address}`).join(', ') || 'none';
    const wrong = this.errors.map(({ message, fix }) => `${message} ${fix}`).join(' ');
    const asked = name === undefined ? 'one run' : `one run "${name}"`;
    throw new Error(`there is not ${asked}; the runs are: ${names}.${wrong === '' ? '' : ` ${wrong}`}`);
  }

  /**
   * What is prepared for the runs: environments, bundles, data, weights.
   * @param stack - Of one stack. Default: of all.
   */
  artifacts(stack?: string): readonly Artifact[] {
    return this.#in(stack).flatMap(({ resources }) =>
      resources.flatMap((one) => (one.life === 'artifact' ? [one] : [])),
    );
  }

  /**
   * Every file, as `sft synth` would write it below `synth/STACK/`.
   * @param stack - Of one stack. Default: of all.
   */
  files(stack?: string): readonly GeneratedFile[] {
    return this.#in(stack).flatMap(({ files }) => files);
  }

  #in(stack: string | undefined): readonly Manifest[] {
    return this.manifests.filter((manifest) => stack === undefined || manifest.stack === stack);
  }
}

/**
 * Makes an App, hands it to `build`, and returns what comes of it, errors among the findings. As often in one process as
 * a test likes. `app.synth()` in `build` does nothing.
 * @param build - Puts stacks into the App. It must not return a promise.
 * @param options - What stands in for the machine and the command line.
 * @throws What `build` throws.
 */
export function synthesize(build: (app: App) => void, options: SynthesizeOptions = {}): Synthesized {
  const { context = {}, environment = {}, project } = options;
  return inMemory(project, { context, environment: (name) => environment[name] }, () => {
    const app = new App();
    const result: unknown = build(app);
    if (result instanceof Promise) throw new Error('build returns a promise; await what it needs before synthesize()');
    const { manifests, findings } = collect(app);
    return new Synthesized(manifests, findings);
  });
}
