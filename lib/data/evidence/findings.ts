/** What judging has found in the rows, as findings of the dataset. */
import type { Finding, Where } from '../../finding.ts';
import type { DataFinding, Place } from '../judge/finding.ts';
import { type DataEvidence, isKnown } from './facts.ts';

const placeOf = ({ file, row, line }: Place) => (line === undefined ? `${file} row ${row}` : `${file}:${line}`);

function judged(found: DataFinding, where: Where, isSure: boolean): Finding {
  const { id, severity, count, message, fix, places } = found;
  const [first] = places;
  const path = first === undefined ? {} : { path: placeOf(first) };
  // By a tokenizer that may be another one than the run's, no run is refused.
  const told = severity === 'error' && !isSure ? 'warning' : severity;
  return { id, severity: told, where: { ...where, ...path }, message, fix, count };
}

/** `where`: the dataset. */
export function dataFindings(tokens: DataEvidence['tokens'], found: readonly DataFinding[], where: Where): Finding[] {
  const isSure = isKnown(tokens) && tokens.isLoaded;
  const told = found.map((one) => judged(one, where, isSure));
  if (isKnown(tokens) || tokens.fix === undefined) return told;
  const message = `The tokens of these rows are unknown: ${tokens.unknown}.`;
  return [...told, { id: 'tokens/unknown', severity: 'note', where, message, fix: tokens.fix }];
}

/** What is said of one dataset by several runs is said once. */
export function once(findings: readonly Finding[]): Finding[] {
  return [...new Map(findings.map((finding) => [JSON.stringify(finding), finding])).values()];
}
