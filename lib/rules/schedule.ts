/** Steps, epochs, evaluation and saves that contradict each other. */
import type { Rule } from './rule.ts';

export const warmupFits: Rule = ({ derived }) =>
  derived.steps !== undefined && derived.warmupSteps !== undefined && derived.warmupSteps >= derived.steps
    ? {
        id: 'schedule/warmup-too-long',
        severity: 'error',
        path: 'warmup',
        given: derived.warmupSteps,
        message: `The warm-up of ${derived.warmupSteps} steps does not end within the run's ${derived.steps}.`,
        fix: 'Make the warm-up shorter, or train longer.',
      }
    : undefined;

export const evaluationNeedsSplit: Rule = ({ settings }) =>
  settings.evaluation && settings.data.evaluation === undefined
    ? {
        id: 'schedule/evaluation-without-split',
        severity: 'error',
        path: 'evaluation',
        given: settings.evaluation.steps,
        message: 'The run evaluates, but its dataset holds no rows out.',
        fix: 'Give the Dataset evaluation: { share: 0.1 }, or remove evaluation here.',
      }
    : undefined;

export const savesHappen: Rule = ({ settings, derived }) =>
  derived.steps !== undefined && settings.checkpoints.steps > derived.steps
    ? {
        id: 'schedule/no-checkpoint',
        severity: 'note',
        path: 'checkpoints.steps',
        given: settings.checkpoints.steps,
        message: `No checkpoint before the end: the run has ${derived.steps} steps, and saves every ${settings.checkpoints.steps}.`,
        fix: `To be able to resume it, save more often: checkpoints: { steps: ${Math.max(1, Math.floor(derived.steps / 4))} }.`,
      }
    : undefined;

export const rowsFeedRanks: Rule = ({ derived }) =>
  derived.rows !== undefined && derived.rows < derived.world
    ? {
        id: 'schedule/rows-below-ranks',
        severity: 'error',
        path: 'data',
        given: derived.rows,
        message: `${derived.rows} rows cannot feed ${derived.world} ranks.`,
        fix: 'Use fewer processes, or more rows.',
      }
    : undefined;

export const schedule: readonly Rule[] = [warmupFits, evaluationNeedsSplit, savesHappen, rowsFeedRanks];
