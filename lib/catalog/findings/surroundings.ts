/** What a program is given from outside. */
import type { Explanations } from './explanation.ts';

export const surroundings: Explanations = {
  'context/invalid': {
    title: 'SFT_CONTEXT cannot be read',
    why: 'It hands the values of -c to a program; it holds one JSON object whose values are texts.',
    example: 'SFT_CONTEXT=variant=prod node stacks/demo.ts',
    fix: `Write SFT_CONTEXT='{"variant":"prod"}', or use sft with -c variant=prod.`,
    source: 'docs/constructs.md',
  },
  'context/saved-plan': {
    title: 'A value for programs beside a saved plan',
    why: 'A saved plan is applied as it is; no program runs that could ask for the value.',
    example: 'sft apply my.plan -c variant=prod',
    fix: 'Give -c to sft plan --out.',
    source: 'docs/constructs.md',
  },
  'context/unknown': {
    title: 'A value that no program asks for',
    why: 'A misspelt key would leave the default in place without a word.',
    example: 'sft plan -c varaint=prod',
    fix: 'Take the key that is proposed, or ask for it in the program: app.context(KEY).',
    source: 'docs/constructs.md',
  },
};
