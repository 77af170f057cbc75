import { RootConstruct } from 'constructs';
import type { Finding } from '../finding.ts';
import { inProject } from '../program/context.ts';
import { deliver } from '../program/deliver.ts';
import { collect } from './collect.ts';
import { capture, type Position } from './position.ts';

/** Apps of this program; a second one is a mistake that `synth()` reports. */
const apps: App[] = [];

/** The root of an experiment: a program makes one, puts stacks into it, and calls `synth()` last. */
export class App extends RootConstruct {
  readonly position: Position;

  constructor() {
    super();
    this.position = capture(new.target);
    apps.push(this);
  }

  /**
   * Checks every construct and writes `synth/<stack>/`, or hands the manifests to `sft` where that has started the
   * program. All mistakes are reported together; with one, nothing is written and the exit code is 65.
   */
  synth(): void {
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
