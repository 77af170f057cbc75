import type { Finding } from './finding.ts';

/** Exit codes of `sft`, one meaning each. */
export const exit = {
  done: 0,
  error: 1,
  changes: 2,
  locked: 4,
  stale: 5,
  unknown: 6,
  runFailed: 7,
  usage: 64,
  invalid: 65,
  hungUp: 129,
  interrupted: 130,
  terminated: 143,
} as const;

export type ExitCode = (typeof exit)[keyof typeof exit];

/** A mistake that is not ours: the findings say what it is and what to do. Anything else thrown is a bug of ours. */
export class UserError extends Error {
  override readonly name = 'UserError';
  readonly findings: readonly Finding[];
  readonly exit: ExitCode;

  constructor(findings: Finding | readonly Finding[], code: ExitCode = exit.error) {
    const list = Array.isArray(findings) ? (findings as readonly Finding[]) : [findings as Finding];
    super(list.map((finding) => `${finding.message} ${finding.fix}`).join('\n'));
    this.findings = list;
    this.exit = code;
  }
}

/** Makes a one-finding error; `id` as in `Finding`. */
export function fail(
  id: string,
  message: string,
  fix: string,
  more: Partial<Pick<Finding, 'where' | 'given'>> & { exit?: ExitCode } = {},
): UserError {
  const { exit: code, where = {}, ...given } = more;
  return new UserError({ id, severity: 'error', where, message, fix, ...given }, code ?? exit.error);
}
