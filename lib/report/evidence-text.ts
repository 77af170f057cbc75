/** What is known of a run's rows, as people read it in a plan. */
import { amount, grouped } from '../base/quantity.ts';
import { type DataEvidence, isKnown, type PartTokens, type TokenFacts } from '../data/evidence/facts.ts';
import type { Style } from '../finding-text.ts';
import { type JobStep, type Step, starting } from '../plan/step.ts';

const rows = (count: number) => `${grouped(count)} ${count === 1 ? 'row' : 'rows'}`;

function cutText({ cut, sequences }: PartTokens, { maxLength, packing }: DataEvidence): string[] {
  if (maxLength === undefined) return ['nothing is cut'];
  const at = `${rows(cut)} cut at ${grouped(maxLength)}`;
  return packing ? [`packed into ${grouped(sequences)} sequences`, at] : [at];
}

/** By a file of the repository: transformers may make others. */
const doubt = ({ isLoaded }: TokenFacts) => (isLoaded ? [] : ['by the repository’s tokenizer.json']);

/** `2.1 M tokens, 1.4 M of them trained, 0 rows cut at 2,048`: of the rows to train on, in one pass. */
function countsText(tokens: TokenFacts, evidence: DataEvidence, unit: string): string {
  const { train } = tokens;
  const trained = `${amount(train.trainedTokens)} of them trained`;
  return [`${amount(train.tokens)}${unit}`, trained, ...cutText(train, evidence), ...doubt(tokens)].join(', ');
}

function tokensText(evidence: DataEvidence): string {
  const { tokens } = evidence;
  return isKnown(tokens) ? countsText(tokens, evidence, ' tokens') : `tokens unknown: ${tokens.unknown}`;
}

/** By the address of data that is made: its tokens, where all runs that start on it say the same. */
export function tokensOfData(steps: readonly Step[]): ReadonlyMap<string, string> {
  const made = steps.filter((step) => step.life === 'artifact' && step.type === 'data' && step.verb === 'create');
  const texts = made.map(({ address }) => {
    const users = steps.filter((step) => step.life === 'job' && starting.includes(step.verb));
    const told = users.flatMap((step) =>
      step.life === 'job' && step.evidence && step.needs.includes(address) ? [tokensText(step.evidence.after)] : [],
    );
    return [address, told] as const;
  });
  return new Map(texts.flatMap(([address, told]) => (new Set(told).size === 1 ? [[address, told[0] as string]] : [])));
}

const line = (name: string, text: string) => `${' '.repeat(8)}${name.padEnd(14)}  ${text}`;

function droppedLines({ tokens, maxLength = 0 }: DataEvidence): string[] {
  if (!isKnown(tokens)) return [];
  const { rows: all, dropped, sequences, split } = tokens.train;
  const { cutOff, untrained, tooLong = 0 } = dropped;
  const parts = split && split.rows > 0 ? [line('split', `${rows(split.rows)} into ${grouped(split.into)}`)] : [];
  if (cutOff + untrained + tooLong === 0) return parts;
  const reasons = [
    [cutOff, `nothing left to learn at ${grouped(maxLength)} tokens`],
    [untrained, 'nothing in them to learn'],
    [tooLong, `more than ${grouped(maxLength)} tokens`],
  ] as const;
  const told = reasons.filter(([count]) => count > 0);
  const why = told.map(([count, reason]) => (told.length > 1 ? `${grouped(count)} with ${reason}` : reason));
  const left = sequences === 0 ? ', which leaves none' : '';
  return [
    ...parts,
    line('dropped', `${grouped(cutOff + untrained + tooLong)} of ${rows(all)}${left}: ${why.join(', ')}`),
  ];
}

function changeText(before: TokenFacts, after: TokenFacts): string {
  const of = (name: 'tokens' | 'trainedTokens' | 'cut') => {
    const [old, now] = [before.train[name], after.train[name]];
    return old === now ? amount(now) : `${amount(old)} -> ${amount(now)}`;
  };
  return `${of('tokens')} · ${of('trainedTokens')} of them trained · ${of('cut')} rows cut`;
}

/** `isTold`: the line of the data has said how many tokens there are. */
function tokenLines({ after, before }: NonNullable<JobStep['evidence']>, isTold: boolean, style: Style): string[] {
  const { tokens } = after;
  if (!isKnown(tokens)) return isTold ? [] : [style.dim(line('tokens', `unknown: ${tokens.unknown}`))];
  const old = before?.tokens;
  if (old && isKnown(old) && JSON.stringify(old.train) !== JSON.stringify(tokens.train))
    return [line('tokens', changeText(old, tokens))];
  return isTold ? [] : [line('tokens', countsText(tokens, after, ''))];
}

export function evidenceLines({ evidence, needs }: JobStep, told: ReadonlyMap<string, string>, style: Style): string[] {
  if (!evidence) return [];
  const isTold = needs.some((need) => told.has(need));
  return [...tokenLines(evidence, isTold, style), ...droppedLines(evidence.after)];
}
