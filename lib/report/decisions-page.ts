/** docs/decisions.md, from the decision function itself. */
import {
  asked,
  type Changed,
  changed,
  type Decision,
  decide,
  decideAfter,
  decideArtifact,
  decideRefresh,
  decideRemoved,
  decideRenamed,
  type Result,
  refusalOf,
  results,
  seen,
} from '../plan/decide.ts';

const head = `# What apply decides

Made by \`npm run docs\` from \`lib/plan/decide.ts\`; a test fails when it is not current.

A run is decided on by four things: whether it is recorded, the gravest class among its changed settings, what the
target shows of its newest attempt, and what a person asked for by name. \`failed-own\` is a failure that the same
settings will meet again (out of memory, NaN loss, bad data, the user's code). \`unknown\` means that the look-up itself
failed; it is never taken for \`absent\`, and nothing is started on it (exit 6).

Verbs: \`none\` nothing to do · \`create\` a first attempt · \`new-run\` a first attempt beside an older run · \`attempt\` a
further attempt, from the newest complete checkpoint · \`adopt\` it is on the target, only the record is missing ·
\`update\` in the record alone · \`rename\` the record alone, under its new name · \`refresh\` what the target shows, into the record · \`move\` stop at a checkpoint and go on elsewhere · \`repair\` make again what was edited ·
\`stop\` stop and forget · \`forget\` drop the record, keep the results.

*Asked to move* is \`--allow-move\`. Without it a plan with \`move\`, or with an \`attempt\` that cannot go on exactly, holds an
error, and nothing is done: [moves](moves.md).
`;

const row = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;

function table(header: readonly string[], rows: readonly (readonly string[])[]): string {
  return [row(header), row(header.map(() => '---')), ...rows.map(row)].join('\n');
}

/** The reason that asking for nothing gives; what is asked for is its own reason. */
function runTable(recorded: boolean, change: Changed): string {
  const rows = seen.map((state) => {
    const cells = asked.map((ask) => decide({ recorded, change, seen: state, asked: ask }));
    return [state, ...cells.map((cell) => cell.verb), (cells[0] as Decision).because];
  });
  return table(
    ['seen', ...asked.map((ask) => (ask === 'nothing' ? ask : `asked to ${ask}`)), 'why (nothing asked)'],
    rows,
  );
}

const titles: Readonly<Record<Changed, string>> = {
  none: 'Recorded, nothing changed',
  cosmetic: 'Recorded, cosmetic change (tags, trackers)',
  operational: 'Recorded, operational change (logging, checkpoints, retries)',
  placement: 'Recorded, placement change (hosts, ranks, micro-batch, ZeRO stage)',
  semantic: 'Recorded, semantic change: another run; `seen` is that of the new one',
};

/** Where a run starts all the same. */
const waits: Readonly<Record<Result, string>> = {
  done: 'the result is there',
  coming: 'apply waits for that run to end, and starts this one when it is done',
  none: '',
  unknown: '',
};

const waitingHead = `## Runs that begin with another run's result

First a run is decided on by itself. Only one that would start (\`create\`, \`attempt\`, \`new-run\`, \`move\`) asks for the
result. \`coming\`: the run that makes it is queued or running, or this plan starts it. \`none\`: that run failed by its own
settings, was cancelled or altered, or is not part of the plan. Weights that are merged already count as \`done\`.`;

export function decisionsPage(): string {
  const removed = seen.map((state) => {
    const { verb, because } = decideRemoved(state);
    return [state, verb, because];
  });
  const verbs = ['none', 'create', 'update', 'attempt', 'move', 'new-run', 'adopt'] as const;
  const renames = verbs.map((verb) => [verb, decideRenamed({ verb, because: '' }, '').verb]);
  const refreshes = seen.map((state) => [state, decideRefresh(state, true).verb, decideRefresh(state, false).verb]);
  const refusals = [...changed, 'removed' as const].map((change) => {
    const because = refusalOf(change);
    return [change, because === undefined ? 'no' : 'yes', because ?? ''];
  });
  const waiting = results.map((result) => {
    const own = { verb: 'create', because: 'it starts, as decided by itself' } as const;
    const { verb, because } = decideAfter(own, result);
    return [result, verb === own.verb ? 'as decided' : verb, verb === own.verb ? waits[result] : because];
  });
  const presences = ['whole', 'altered', 'absent', 'unknown'] as const;
  const artifacts = presences.map((presence) => {
    const [needed, idle] = [decideArtifact(true, presence), decideArtifact(false, presence)];
    return [presence, needed.verb, needed.because, idle.verb, idle.because];
  });
  const sections = [
    `## Runs\n\n### Not recorded\n\n${runTable(false, 'none')}`,
    ...changed.map((change) => `### ${titles[change]}\n\n${runTable(true, change)}`),
    `## Runs whose construct was removed\n\n${table(['seen', 'verb', 'why'], removed)}`,
    `## Renamed runs\n\nDecided as above under the new name; where that is \`none\`, the record is renamed.\n\n${table(['decided', 'renamed'], renames)}`,
    `${waitingHead}\n\n${table(['the result', 'a run that would start', 'why'], waiting)}`,
    `## With --refresh-only\n\nDiffers: the target shows attempts or ends that are not recorded.\n\n${table(['seen', 'differs', 'as recorded'], refreshes)}`,
    `## Protected runs\n\nWhere the record or the program says \`protect: true\`: refused is an error of the whole plan.\n\n${table(['change', 'refused', 'why'], refusals)}`,
    `## Artifacts\n\nNeeded: by a run that starts now.\n\n${table(['seen', 'needed', 'why', 'not needed', 'why'], artifacts)}`,
  ];
  return `${head}\n${sections.join('\n\n')}\n`;
}
