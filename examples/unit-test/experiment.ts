// An experiment in two variants; main.ts makes the App, and experiment.test.ts tests this.
import { type App, FineTune, Stack } from 'cdksft';
import type { IMixin } from 'constructs';
import { SevenB } from './team.ts';

/** What every run of this team has, whoever wrote it. A stack that says otherwise keeps what it says. */
const house: IMixin = {
  supports: (construct) => construct instanceof FineTune,
  applyTo(run: FineTune) {
    run.setDefault('tags.team', 'nlp').setDefault('retries', 3);
  },
};

export function experiment(app: App): void {
  const full = app.context('variant') === 'full';
  const stack = new Stack(app, 'everyday');
  new SevenB(stack, 'seven', full ? { hosts: 'h200-[01-02]', batch: { micro: 4, global: 128 } } : { maxSteps: 10 });
  app.with(house);
}
