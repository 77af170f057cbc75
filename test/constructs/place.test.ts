/** The line that a finding names: the setting's own in this very file, the construct's where that is not certain. */
import { readFileSync } from 'node:fs';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { collect } from '../../lib/constructs/collect.ts';
import type { Finding } from '../../lib/finding.ts';
import { Cluster, FineTune, type FineTuneProps, lora, Model } from '../../lib/index.ts';
import { type Parts, parts } from '../support/stack.ts';

const lines = readFileSync(import.meta.filename, 'utf8').split('\n');

/** Of each finding: the setting, and the text that its place begins with. */
function shownBy(build: (made: Parts) => void): string[][] {
  const made = parts();
  build(made);
  const { findings, manifests } = collect(made.app);
  const show = ({ where }: Finding) => {
    const [, file, line, column] = /^(.+):(\d+):(\d+)$/.exec(where.at ?? '') ?? [];
    assert.is(file, 'test/constructs/place.test.ts');
    const text = lines[Number(line) - 1]?.slice(Number(column) - 1) ?? '';
    return [where.path ?? '', (/^[^({\s,]+(\s-?\w+)?/.exec(text) ?? [''])[0]];
  };
  // The findings of a stack that is right are in its manifest as well, and have the same places.
  const told = (manifests[0]?.findings ?? []).map(({ where }) => where.at).join();
  const others = findings.filter(({ severity }) => severity !== 'error').map(({ where }) => where.at);
  assert.is(told, others.join());
  return findings.map(show);
}

test('a setting of a run, of its method and of its parts', () => {
  const shown = shownBy(({ stack, data }) => {
    const model = Model.fromHub(stack, 'odd', {
      id: 'a b',
    });
    const cluster = Cluster.local(stack, 'there', { gpus: -1 as never });
    new FineTune(stack, 'sft', {
      model,
      data,
      cluster,
      method: lora({ rank: -4 }),
      batch: {
        micro: 0,
      },
    });
  });
  // This file has `lora` from the sources, not from the package: the method's own line is what is certain.
  assert.equal(shown, [
    ['id', 'id:'],
    ['gpus', 'gpus: -1'],
    ['batch.micro', 'micro: 0'],
    ['method.rank', 'method: lora'],
  ]);
});

test('a rule’s warning, in what is told and in the manifest', () => {
  const shown = shownBy(({ stack, model, data, cluster }) => {
    const checkpoints = { steps: 1_000_000 };
    new FineTune(stack, 'sft', { model, data, cluster, method: lora(), batch: { micro: 8 }, checkpoints });
  });
  assert.equal(shown, [['checkpoints.steps', 'checkpoints']]);
});

class Preset extends FineTune {
  constructor({ stack, model, data, cluster }: Parts, id: string, props: { readonly epochs: number }) {
    super(stack, id, { model, data, cluster, method: lora(), batch: { micro: 8 }, epochs: -props.epochs });
  }
}

test('where the settings were made elsewhere, the construct’s line', () => {
  const shown = shownBy((made) => {
    const { stack, model, data, cluster } = made;
    const base = { model, data, cluster, method: lora(), batch: { micro: 8 }, checkpoints: { steps: 1 } };
    const settings: FineTuneProps = { ...base, epochs: -1 };
    new FineTune(stack, 'one', settings);
    new FineTune(stack, 'two', { epochs: 1, ...settings });
    new FineTune(stack, 'three', { ...base, epochs: -1 });
    // Its parameters are its own.
    new Preset(made, 'four', { epochs: 2 });
  });
  assert.equal(shown, [
    ['epochs', 'new FineTune'],
    ['epochs', 'new FineTune'],
    ['epochs', 'epochs: -1'],
    ['epochs', 'new Preset'],
  ]);
});

test('what was set later has the line of the call that set it', () => {
  const shown = shownBy(({ stack, model, data, cluster }) => {
    const run = new FineTune(stack, 'sft', { model, data, cluster, method: lora(), batch: { micro: 8 }, epochs: 2 });
    run.set('epochs', -1).setDefault('batch.micro', 0);
  });
  assert.equal(shown, [['epochs', 'set']]);
});

test.run();
