/** What is recorded of a stack: one immutable value a serial. */
import type { Sha } from '../base/hash.ts';
import { sha256 } from '../base/hash.ts';
import { isObject, jsonText } from '../base/json.ts';
import type { ArtifactKind, Job } from '../manifest.ts';
import type { Attempt } from './attempt.ts';

export const stateFormat = 1;

/** What a job's attempts rest on, by the artifact's address. */
export type RestsOn = Readonly<Record<string, { readonly make: ArtifactKind; readonly key: Sha }>>;

/** One identity's run: its settings as last applied, and its attempts. */
export interface Run {
  /** Without positions: a comment that moves a line is no change. */
  readonly resource: Job;
  /** By number. */
  readonly attempts: readonly Attempt[];
  /** What they rest on. */
  readonly artifacts: RestsOn;
  /** The plan that last changed this record. */
  readonly appliedBy: Sha;
  /** It was stopped, or was about to be, to go on in the layout of settings with this hash. */
  readonly moving?: Sha;
}

/** What is recorded at one address. */
export interface Recorded extends Run {
  /** Path below the stack. */
  readonly address: string;
  /** Runs of other identities that were here before, newest first: their checkpoints stay known. */
  readonly superseded?: readonly Run[];
}

/** What is recorded of a stack, at one serial. */
export interface State {
  /** Of the file. */
  readonly format: 1;
  /** Version of the tool that wrote it. */
  readonly tool: string;
  /** The stack's id. */
  readonly stack: string;
  /** Made when a stack is first applied; two states of one lineage have one history. */
  readonly lineage: string;
  /** Grows by one with each state. */
  readonly serial: number;
  /** Of the lock's holder that wrote it. */
  readonly epoch: number;
  /** `since`: the serial from which on this plan alone has written. Growth by one and the same plan is not staleness. */
  readonly writtenBy: { readonly plan: Sha; readonly since: number };
  /** The last journal line that this state includes. */
  readonly journal: number;
  /** Lines up to there whose start is not included: the target has not told yet what came of it. */
  readonly open?: readonly number[];
  /** By address. */
  readonly recorded: readonly Recorded[];
}

/** A state as its file has it. */
export interface StateFile extends State {
  /** SHA-256 of all bytes after its line. */
  readonly hash: Sha;
}

const head = ['format', 'tool', 'stack', 'lineage', 'serial', 'epoch', 'writtenBy', 'journal', 'open', 'recorded'];

/** The line after which a reader needs the journal. */
export function neededAfter(state: Pick<State, 'journal' | 'open'> | undefined): number {
  return state ? Math.min(state.journal, ...(state.open ?? []).map((line) => line - 1)) : 0;
}

/** The file's bytes: the first key is the hash of all bytes after its line. */
export function stateText(state: State): string {
  const rest = jsonText(state, head).slice('{\n'.length);
  return `{\n  "hash": "${sha256(rest)}",\n${rest}`;
}

export type StateRead =
  | { readonly kind: 'state'; readonly state: State }
  | { readonly kind: 'newer'; readonly format: number; readonly tool: string }
  | { readonly kind: 'corrupt'; readonly reason: string };

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Lenient on what a later version may have added, strict on the bytes. */
export function readState(text: string): StateRead {
  const value = parsed(text);
  if (!isObject(value)) return { kind: 'corrupt', reason: text === '' ? 'it is empty' : 'it is not whole JSON' };
  const match = /^\{\n {2}"hash": "([0-9a-f]{64})",\n/.exec(text);
  if (!match || sha256(text.slice(match[0].length)) !== match[1])
    return { kind: 'corrupt', reason: 'its bytes are not those of its hash' };
  const { hash: _, ...state } = value;
  if (typeof state.format !== 'number') return { kind: 'corrupt', reason: 'it names no format' };
  if (state.format > stateFormat) return { kind: 'newer', format: state.format, tool: String(state.tool) };
  return { kind: 'state', state: state as unknown as State };
}
