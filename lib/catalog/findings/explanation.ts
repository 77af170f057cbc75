/** What is told of a finding's id beyond the finding itself: by `sft explain`, and in docs/findings.md. */
export interface Explanation {
  /** What the id means, without a full stop. */
  readonly title: string;
  /** What would happen, or did, if nobody minded. One or two sentences. */
  readonly why: string;
  /** What brings it about: a line of a stack, a file, a command. */
  readonly example: string;
  /** What to do, in the imperative. */
  readonly fix: string;
  /** Where the rule comes from, or where it is kept here. */
  readonly source: string;
}

export type Explanations = Readonly<Record<string, Explanation>>;
