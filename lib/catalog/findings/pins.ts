/** sft.lock.json, and the Hub that is asked for commits. */
import type { Explanations } from './explanation.ts';

const hub = 'huggingface.co/docs/hub/api';

export const pins: Explanations = {
  'hub/busy': {
    title: 'The Hub asks to wait',
    why: 'It counts requests, more of them without a token.',
    example: 'sft pins   # many times in a minute',
    fix: 'Run it again in some minutes; set HF_TOKEN.',
    source: hub,
  },
  'hub/endpoint': {
    title: 'HF_ENDPOINT is no address',
    why: 'All that is asked of the Hub goes there. User and password in it would be printed with it.',
    example: 'HF_ENDPOINT=hub.example sft pins',
    fix: 'Write https://HOST, or take it out.',
    source: 'lib/cli/hub.ts',
  },
  'hub/failed': {
    title: 'The Hub answered with an error of its own',
    why: 'Which commit a name stands for stays unknown; what was pinned before stays.',
    example: 'sft pins while the Hub is down',
    fix: 'Run it again later.',
    source: hub,
  },
  'hub/missing': {
    title: 'The Hub has no such repository or revision',
    why: 'The training would fail on the node, after it waited for it.',
    example: "Model.fromHub(stack, 'base', { id: 'mistralai/Mistral-7B-v0.1', revision: 'v9' })",
    fix: 'Correct the id or the revision.',
    source: hub,
  },
  'hub/no-commit': {
    title: 'What answers is no Hub',
    why: 'A proxy, a login page or another server answered, and its answer names no commit.',
    example: 'HF_ENDPOINT=https://example.org sft pins',
    fix: 'Look at HF_ENDPOINT and at the network.',
    source: 'lib/cli/hub.ts',
  },
  'hub/refused': {
    title: 'The Hub does not show a repository',
    why: 'It is private or gated, or does not exist: the Hub does not tell which to those who may not see it.',
    example: "Model.fromHub(stack, 'base', { id: 'meta-llama/Llama-2-7b-hf' })   # without a token",
    fix: 'Correct the id, set HF_TOKEN, or ask for access on its page.',
    source: hub,
  },
  'hub/unreachable': {
    title: 'The Hub could not be asked',
    why: 'There is no network, the name is wrong, or it did not answer in time.',
    example: 'sft pins on a machine without a network',
    fix: 'See that this machine reaches it; HF_ENDPOINT names another address.',
    source: 'lib/cli/hub.ts',
  },
  'pin/file': {
    title: 'A data file is not the one that is pinned',
    why: 'Its content is another, so the run is another: wanted or not, it should be seen.',
    example: 'data/rows.json is edited after sft pins',
    fix: 'Put it back, or take the new content: sft pins --update PATH.',
    source: 'docs/pins.md',
  },
  'pin/invalid': {
    title: 'sft.lock.json is damaged',
    why: 'A pin that cannot be read must not count as none: the next plan would rest on something else.',
    example: 'a line is taken out by hand',
    fix: 'Take it from a commit where it was whole, or remove it and run sft pins.',
    source: 'lib/pins/lock-file.ts',
  },
  'pin/merge': {
    title: 'sft.lock.json holds the marks of a merge',
    why: 'Two branches pinned different things, and nobody has chosen.',
    example: 'git merge, with a conflict in sft.lock.json',
    fix: 'Keep one side, then run sft pins, which adds what is missing.',
    source: 'lib/pins/lock-file.ts',
  },
  'pin/missing': {
    title: 'Something is not pinned',
    why: 'A branch of the Hub moves: the same plan would be about other weights or rows next month.',
    example: "Model.fromHub(stack, 'base', { id: 'meta-llama/Llama-2-7b-hf' })",
    fix: 'Run sft pins and commit sft.lock.json.',
    source: 'docs/pins.md',
  },
  'pin/newer': {
    title: 'sft.lock.json is of a later version',
    why: 'This version cannot tell what it says, and must not write over it.',
    example: 'a colleague has a later cdksft',
    fix: 'Use the version of cdksft that wrote it, or a later one.',
    source: 'lib/pins/lock-file.ts',
  },
  'pin/trainer': {
    title: 'The trainer is not the version that is pinned',
    why: 'It makes the rows and the loss; it never makes a new run by itself, but whoever pins it wants to know.',
    example: 'npm install cdksft@latest after sft pins',
    fix: 'Install the cdksft that brings it, or run sft pins --update trainer.',
    source: 'docs/pins.md',
  },
  'pin/unknown': {
    title: 'No stack rests on what is to be pinned anew',
    why: '--update takes an id on the Hub, a data file as the stack names it, or trainer.',
    example: 'sft pins --update lama-2',
    fix: 'Take one of the names that are listed.',
    source: 'lib/cli/pins.ts',
  },
  'pin/unreadable': {
    title: 'sft.lock.json cannot be read',
    why: 'A pin that cannot be read must not count as none.',
    example: 'chmod 000 sft.lock.json',
    fix: 'Make it a file that you may read.',
    source: 'lib/program/pins.ts',
  },
};
