/** Secrets: named, never held. */
import type { Explanations } from './explanation.ts';

export const secrets: Explanations = {
  'secret/missing': {
    title: 'A secret is not there',
    why: 'The training would wait for its model and then fail; so nothing starts.',
    example: "environment: { WANDB_API_KEY: secret.fromEnv('WANDB_API_KEY') }   # and the variable is not set",
    fix: 'Set the variable, or write the file, where the run is started.',
    source: 'docs/secrets.md',
  },
  'secret/mode': {
    title: 'A secret file can be read by others',
    why: 'Every user of the machine could use it.',
    example: 'chmod 644 ~/.config/wandb-key',
    fix: 'chmod 600 it.',
    source: 'docs/secrets.md',
  },
  'secret/written': {
    title: 'A secret is written in the program',
    why: 'Settings, and what app.context() answers, stand in files that are committed, in plans and in the state.',
    example: "environment: { HF_TOKEN: 'hf_...' }",
    fix: "Name it: secret.fromEnv('HF_TOKEN') or secret.fromFile('/path'). If it was committed, revoke it.",
    source: 'docs/secrets.md',
  },
};
