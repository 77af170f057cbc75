/** What a generated file says of itself in its first line or field. */

interface Origin {
  readonly program: string;
  readonly address?: string;
}

/** Paths and names are data: a line break in one must not end the comment that it stands in. */
export function oneLine(text: string): string {
  return text.replaceAll(/\p{Cc}/gu, '?');
}

export function heading({ program, address }: Origin): string {
  const run = address === undefined ? '' : `, run ${address}`;
  return oneLine(
    `Made by cdksft from ${program}${run}. Change that program and run "sft synth"; what is edited here is lost.`,
  );
}
