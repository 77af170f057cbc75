import { type IConstruct, RootConstruct } from 'constructs';
import type { Finding } from '../finding.ts';
import { inProject, programContext, surroundings } from '../program/context.ts';
import { deliver } from '../program/deliver.ts';
import { ownFolder } from '../program/version.ts';
import type { Overrides } from '../settings/documents.ts';
import { collect } from './collect.ts';
import { copySymbol } from './copy.ts';
import { Given, remember } from './given.ts';
import { capture, type Position } from './position.ts';

/** Apps of this program; a second one is a mistake that `synth()` reports. */
const apps: App[] = [];

/** What an `App` is made with. */
export interface AppProps {
  /** What `app.context()` answers where the command line says nothing (`sft plan -c KEY=VALUE`). */
  readonly context?: Readonly<Record<string, string>> | undefined;
  /** Values put into files of every run of the program; what a run or a construct nearer to it says counts before. */
  readonly overrides?: Overrides | undefined;
}

/** The root of an experiment: a program makes one, puts stacks into it, and calls `synth()` last. */
export class App extends RootConstruct {
  /** @internal */
  readonly position: Position;
  /** @internal */
  readonly [copySymbol]: string = ownFolder;
  readonly #given: Given;

  /** Errors, told by `synth()`: `stack/two-apps` where a program makes a second one. */
  constructor(props: AppProps = {}) {
    super();
    this.position = capture(new.target);
    this.#given = new Given(surroundings(), props, this.position);
    remember(this, this.#given);
    // A test makes as many as it likes, one after the other.
    if (!programContext().inMemory) apps.push(this);
  }

  /** The App that a construct is in; undefined where its root is none. */
  static of(construct: IConstruct): App | undefined {
    const { root } = construct.node;
    return root instanceof App ? root : undefined;
  }

  /**
   * A value that whoever runs the program chooses: `sft plan -c NAME=VALUE`, else the App's default, else undefined.
   * What was asked and answered is recorded in the manifest and shown in the plan. `-c` of a name that no program asks
   * for is an error (`context/unknown`).
   */
  context(name: string): string | undefined {
    return this.#given.context(name);
  }

  /**
   * An environment variable; undefined where it is not set. Its name and a hash of its value are recorded, the value is
   * not: read through here, a plan that depends on the machine shows it.
   */
  environment(name: string): string | undefined {
    return this.#given.environment(name);
  }

  /**
   * Checks every construct and writes `synth/<stack>/`, or hands the manifests to `sft` where that has started the
   * program. All mistakes are reported together; with one, nothing is written and the exit code is 65. Errors:
   * docs/findings.md has every id; a folder that is not ours is refused.
   */
  synth(): void {
    if (programContext().inMemory) return;
    const second = apps.indexOf(this) > 0 || apps.length > 1 ? twoApps(apps[1] ?? this) : [];
    const { manifests, findings } = second.length > 0 ? { manifests: [], findings: second } : collect(this);
    deliver(manifests, findings);
  }
}

function twoApps(app: App): Finding[] {
  const at = app.position();
  return [
    {
      id: 'stack/two-apps',
      severity: 'error',
      where: at === undefined ? {} : { at: inProject(at) },
      message: 'This program makes two Apps.',
      fix: 'Make one App, and put every Stack into it.',
    },
  ];
}
