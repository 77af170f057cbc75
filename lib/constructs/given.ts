/** What an App was given from outside, and what its program asked for: only that shapes the result, and is recorded. */
import type { Construct } from 'constructs';
import { sha256, short } from '../base/hash.ts';
import { looksSecret, masked } from '../base/secret.ts';
import type { Finding, Where } from '../finding.ts';
import type { Manifest } from '../manifest.ts';
import { inProject, type Surroundings } from '../program/context.ts';
import type { Position } from './position.ts';

export type Asked = Pick<Manifest, 'context' | 'environment'>;

export class Given {
  readonly #surroundings: Surroundings;
  readonly #defaults: Readonly<Record<string, string>>;
  readonly #context = new Map<string, string | undefined>();
  readonly #environment = new Map<string, string | undefined>();

  readonly #position: Position;
  /** As written, not yet checked. */
  readonly overrides: unknown;

  constructor(
    surroundings: Surroundings,
    props: { readonly context?: Readonly<Record<string, string>> | undefined; readonly overrides?: unknown },
    position: Position,
  ) {
    this.#surroundings = surroundings;
    this.#defaults = props.context ?? {};
    this.overrides = props.overrides;
    this.#position = position;
  }

  /** The line that made the App. */
  where(): Where {
    const at = this.#position();
    return at === undefined ? {} : { at: inProject(at) };
  }

  context(name: string): string | undefined {
    const { context } = this.#surroundings;
    const value = Object.hasOwn(context, name) ? context[name] : this.#defaults[name];
    this.#context.set(name, value);
    return value;
  }

  environment(name: string): string | undefined {
    const value = this.#surroundings.environment(name);
    this.#environment.set(name, value);
    return value;
  }

  /** What was asked for and answered stands in manifest, plan and state: a token must not. */
  tokens(): Finding[] {
    const held = [...this.#context].filter(([name, value]) => looksSecret(name) || looksSecret(value ?? ''));
    return held.map(([name]) => ({
      id: 'secret/written',
      severity: 'error',
      where: { ...this.where(), path: `context.${masked(name)}` },
      message: `The context value ${masked(name)} holds what looks like a token, and would stand in manifest, plan and state.`,
      fix: 'Name the secret in the program instead: secret.fromEnv(NAME) or secret.fromFile(PATH).',
    }));
  }

  /** For the manifest: sorted, so that the order of questions does not count; null: there was no answer. */
  asked(): Asked {
    const record = (map: ReadonlyMap<string, string | undefined>, write: (value: string) => string) =>
      Object.fromEntries(
        [...map]
          .sort(([a], [b]) => (a < b ? -1 : 1))
          .map(([name, value]) => [name, value === undefined ? null : write(value)]),
      );
    return {
      ...(this.#context.size > 0 ? { context: record(this.#context, (value) => value) } : {}),
      // A variable can hold anything, a path of this machine or worse: only whether it changes is kept.
      ...(this.#environment.size > 0
        ? { environment: record(this.#environment, (value) => short(sha256(value))) }
        : {}),
    };
  }
}

const all = new WeakMap<Construct, Given>();

export const remember = (app: Construct, given: Given) => void all.set(app, given);
export const givenOf = (app: Construct) => all.get(app);
