/** What every command is handed: where it runs, how it talks, and when it must stop. The only user of `process` streams. */
import { type ExitCode, exit } from '../errors.ts';
import { coloured, plain, type Style } from '../finding-text.ts';

/** Signals that ask a command to end, each with its exit code: 128 and the signal's number, as shells have it. */
export const endedBy = { SIGHUP: exit.hungUp, SIGINT: exit.interrupted, SIGTERM: exit.terminated } as const;

export type EndSignal = keyof typeof endedBy;

/** Ctrl-C, a request to end, or a terminal that went away; the exit code follows from the signal. */
export class Interrupted extends Error {
  override readonly name = 'Interrupted';
  readonly by: EndSignal;

  constructor(by: EndSignal) {
    super(by);
    this.by = by;
  }
}

/** The engine knows that it was interrupted, not by which signal. */
export function exitOf(code: ExitCode, { reason }: AbortSignal): ExitCode {
  return code === exit.interrupted && reason instanceof Interrupted ? endedBy[reason.by] : code;
}

export interface Context {
  /** The project's folder, absolute. */
  readonly project: string;
  /** Where the person stands; arguments that are paths are relative to it. */
  readonly cwd: string;
  readonly json: boolean;
  /** Seconds that a program may run. */
  readonly programSeconds: number;
  /** Of `-c KEY=VALUE`: what programs are answered by `app.context()`. */
  readonly values: Readonly<Record<string, string>>;
  /** Of a run that was made before: answered where the command line says nothing. */
  readonly recalled?: Readonly<Record<string, string>>;
  /** Environment variables that programs get besides ours. */
  readonly variables?: Readonly<Record<string, string>>;
  /** Aborted by the first Ctrl-C: start nothing new, wind down. */
  readonly signal: AbortSignal;
  /** Aborted when nobody reads our stdout any more: a command that only shows things ends. */
  readonly closed: AbortSignal;
  /** Of stdout. */
  readonly style: Style;
  /** Of stderr. */
  readonly noteStyle: Style;
  /** A person can be asked: stdin and stderr are a terminal. */
  readonly canAsk: boolean;
  /** stdout is a terminal on which lines can be redrawn. */
  readonly onTerminal: boolean;
  /** Results: a line, or several, to stdout. */
  readonly out: (text: string) => void;
  /** Progress and errors: to stderr. */
  readonly note: (text: string) => void;
}

export function hasColour(stream: { readonly isTTY?: boolean }): boolean {
  const { NO_COLOR, FORCE_COLOR, TERM } = process.env;
  if (NO_COLOR !== undefined && NO_COLOR !== '') return false;
  if (FORCE_COLOR !== undefined && FORCE_COLOR !== '') return FORCE_COLOR !== '0';
  return stream.isTTY === true && TERM !== 'dumb';
}

export const styleOf = (stream: { readonly isTTY?: boolean }): Style => (hasColour(stream) ? coloured : plain);

/**
 * Whether the locale's letters are UTF-8. Where none is set nobody chose ASCII, as in most containers: then they are,
 * as Python takes it too (PEP 538).
 */
export function isUtf8({ LC_ALL, LC_CTYPE, LANG }: NodeJS.ProcessEnv = process.env): boolean {
  const locale = LC_ALL || LC_CTYPE || LANG;
  return !locale || /utf-?8/i.test(locale);
}
