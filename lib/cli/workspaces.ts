/** The workspaces of a project: those that its stacks go to now, as far as they are synthesised, and those of its runs. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isObject } from '../base/json.ts';
import { manifestFormat } from '../manifest.ts';
import { readConfiguration } from '../program/configuration.ts';
import { runsOf } from '../state/record.ts';
import { readState } from '../state/state.ts';
import { FileStore } from '../state/store.ts';
import type { Target } from '../targets/target.ts';
import { recordedStacks, stateFolder } from './recorded.ts';
import { targetOf } from './target.ts';

export interface Workspaces {
  /** By real path. */
  readonly reached: ReadonlyMap<string, Target>;
  /** Names of what this version cannot reach. */
  readonly elsewhere: readonly string[];
}

interface Place {
  readonly stack: string;
  readonly kind: string;
  readonly workspace: string;
}

const standard = '.sft/workspace';

function object(value: unknown): Readonly<Record<string, unknown>> {
  return isObject(value) ? value : {};
}

/** Of all states that are kept: after a destroy the newest names no run, and so no workspace. */
function recordedPlaces(project: string, stack: string): Place[] {
  return new FileStore(stateFolder(project, stack)).paths().flatMap((path) => {
    const read = readState(readFileSync(path, 'utf8'));
    const runs = read.kind === 'state' ? read.state.recorded.flatMap(runsOf) : [];
    return runs.map(({ resource: { layout, settings } }) => {
      const { workspace } = object(settings.cluster);
      return { stack, kind: layout.target, workspace: typeof workspace === 'string' ? workspace : standard };
    });
  });
}

function synthesisedPlaces(project: string): Place[] {
  const folder = join(project, readConfiguration(project).out);
  if (!existsSync(folder)) return [];
  return readdirSync(folder).flatMap((stack) => {
    const path = join(folder, stack, 'manifest.json');
    if (!existsSync(path)) return [];
    const { kind, workspace } = object(object(JSON.parse(readFileSync(path, 'utf8'))).target);
    return typeof kind === 'string' && typeof workspace === 'string' ? [{ stack, kind, workspace }] : [];
  });
}

function targetAt(workspace: string, project: string): Target {
  const target = { kind: 'local', construct: '', workspace, settings: {} } as const;
  const base = { format: manifestFormat, stack: '', program: '', findings: [], files: [], resources: [] } as const;
  return targetOf({ ...base, target }, project);
}

export async function workspacesOf(project: string): Promise<Workspaces> {
  const stacks = recordedStacks(project);
  const places = [...synthesisedPlaces(project), ...stacks.flatMap((stack) => recordedPlaces(project, stack))];
  const local = places.filter(({ kind }) => kind === 'local').map(({ workspace }) => workspace);
  const reached = new Map<string, Target>();
  for (const workspace of new Set([standard, ...local])) {
    const target = targetAt(workspace, project);
    const root = await target.root();
    if (existsSync(root)) reached.set(root, target);
  }
  const others = places.filter(({ kind }) => kind !== 'local');
  return { reached, elsewhere: [...new Set(others.map(({ stack, kind }) => `${stack} (${kind})`))].sort() };
}
