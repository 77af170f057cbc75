/**
 * For each setting, a change of it and what is then other in the live trainer, engine or model. A setting is either
 * here, or among `elsewhere` with the test that sees it. test/python/live.test.ts holds this to the settings table.
 */
type Written = Record<string, unknown>;

export interface Probe {
  /** What is changed, in the written form, on top of the plain run. */
  readonly change: Written;
  /** Compared with this run instead of the plain one. */
  readonly from?: Written;
  /** Where to look in what test/python/live.py prints. */
  readonly at: string;
  /** What is there after the change; left out where it has no meaning of its own (a digest): then it only differs. */
  readonly after?: unknown;
  /** The engine refuses what this machine lacks, and so shows that it was asked. */
  readonly refused?: RegExp;
}

const lora = (more: Written): Written => ({ method: { kind: 'lora', ...more } });
const qlora = (more: Written = {}): Written => ({ method: { kind: 'qlora', ...more } });
const held = { share: 0.25 };

/** As the plain one's, and behind them one row again, and one with an empty answer. */
const flawed = { path: 'data/flawed.json' };

export const dataFile = { source: 'file', path: 'data/rows.json' };

/** `files` is put in by the test, which writes them. */
const data = (more: Written): Written => ({ data: { ...dataFile, ...more } });

export const tiny = {
  model_type: 'llama',
  hidden_size: 32,
  intermediate_size: 64,
  num_hidden_layers: 1,
  num_attention_heads: 2,
  num_key_value_heads: 2,
  max_position_embeddings: 512,
  attention_bias: true,
};

export const model = (more: Written = {}): Written => ({
  model: { source: 'config', config: tiny, tokenizer: { vocabulary: 400 }, ...more },
});

const hub = (more: Written = {}): Written => ({ model: { source: 'hub', id: 'owner/a', ...more } });
const hubData = (more: Written = {}): Written => ({ data: { source: 'hub', id: 'owner/rows', ...more } });

/** Stands for the folder of the plain run's weights, which the test knows. */
export const weightsPath = '/weights';

/** The run that the others are compared with. */
export const plain: Written = {
  ...model(),
  ...data({}),
  ...lora({ rank: 4, alpha: 8, dropout: 0, targets: ['q_proj'] }),
  maxSteps: 4,
  batch: { micro: 2, global: 4 },
  maxLength: 256,
  schedule: 'linear',
  warmup: { steps: 0 },
};

const base = { rank: 4, alpha: 8, dropout: 0, targets: ['q_proj'] };
const zero = (more: Written): Written => ({ zero: { stage: 1, ...more }, batch: { micro: 2, global: 2 } });

export const probes: Readonly<Record<string, Probe>> = {
  epochs: { change: { maxSteps: undefined, epochs: 2 }, at: 'steps.max', after: 12 },
  maxSteps: { change: { maxSteps: 7 }, at: 'steps.max', after: 7 },
  'batch.micro': { change: { batch: { micro: 4, global: 4 } }, at: 'batch', after: 4 },
  'batch.global': {
    from: { maxSteps: undefined, epochs: 1 },
    change: { maxSteps: undefined, epochs: 1, batch: { micro: 2, global: 8 } },
    at: 'steps.max',
    after: 3,
  },
  learningRate: { change: { learningRate: 5e-4 }, at: 'optimizer.peak', after: 5e-4 },
  schedule: { change: { schedule: 'constant' }, at: 'schedule.factors', after: [1, 1, 1, 1, 1] },
  warmup: { change: { warmup: { ratio: 0.5 } }, at: 'schedule.warmup', after: 2 },
  weightDecay: { change: { weightDecay: 0.01 }, at: 'optimizer.decay', after: 0.01 },
  clipping: { change: { clipping: 0.3 }, at: 'clip', after: 0.3 },
  optimizer: { change: { optimizer: 'adafactor' }, at: 'optimizer.class', after: 'Adafactor' },
  seed: { change: { seed: 7 }, at: 'order' },
  precision: { change: { precision: 'fp32' }, at: 'autocast', after: 'no' },
  weights: { change: { weights: 'fp32' }, at: 'weights.dtype', after: 'float32' },
  attention: { change: { attention: 'eager' }, at: 'attention', after: 'eager' },
  gradientCheckpointing: { change: { gradientCheckpointing: false }, at: 'recomputes', after: false },
  maxLength: { from: { loss: 'all' }, change: { loss: 'all', maxLength: 20 }, at: 'train.longest', after: 20 },
  packing: { change: { packing: true }, at: 'padding_free', after: true },
  loss: { change: { loss: 'all' }, at: 'train.all_trained', after: true },
  workers: { change: { workers: 1 }, at: 'workers', after: 1 },
  logging: { change: { logging: 3 }, at: 'steps.log', after: 3 },
  evaluation: {
    from: data({ evaluation: held }),
    change: { ...data({ evaluation: held }), evaluation: { steps: 2 } },
    at: 'evaluates',
    after: 'steps',
  },
  checkpoints: { change: { checkpoints: { steps: 2, keep: 5 } }, at: 'steps.save', after: 2 },
  trackers: { change: { trackers: ['tensorboard'] }, at: 'callbacks', refused: /tensorboard/i },

  'model.config': { change: model({ config: { ...tiny, hidden_size: 64 } }), at: 'hidden', after: 64 },
  'model.tokenizer': { change: model({ tokenizer: { vocabulary: 410 } }), at: 'weights.vocabulary', after: 410 },
  'model.seed': { change: model({ seed: 1 }), at: 'weights.values' },

  'model.id': { from: hub(), change: hub({ id: 'owner/b' }), at: 'opened.model.name', after: 'owner/b' },
  'model.revision': { from: hub(), change: hub({ revision: 'v2' }), at: 'opened.model.revision', after: 'v2' },
  'model.path': { from: hub(), change: { model: { source: 'path', path: weightsPath } }, at: 'opened.model.name' },
  'model.trustRemoteCode': {
    from: hub(),
    change: hub({ trustRemoteCode: true }),
    at: 'opened.tokenizer.trust_remote_code',
    after: true,
  },

  'data.id': { from: hubData(), change: hubData({ id: 'owner/other' }), at: 'opened.data.id', after: 'owner/other' },
  'data.revision': { from: hubData(), change: hubData({ revision: 'v2' }), at: 'opened.data.revision', after: 'v2' },
  'data.config': { from: hubData(), change: hubData({ config: 'ja' }), at: 'opened.data.name', after: 'ja' },
  'data.split': { from: hubData(), change: hubData({ split: 'test' }), at: 'opened.data.split', after: 'test' },
  'data.format': { change: data({ format: 'text' }), at: 'train.all_trained', after: true },
  'data.columns': { change: data({ columns: { instruction: 'output' } }), at: 'train.which' },
  'data.samples': { change: data({ samples: 10 }), at: 'train.count', after: 10 },
  'data.seed': { from: data({ samples: 10 }), change: data({ samples: 10, seed: 1 }), at: 'train.which' },
  'data.evaluation': { change: data({ evaluation: held }), at: 'evaluation', after: 6 },
  'data.mix': {
    from: data({ path: ['data/rows.json', 'data/others.json'] }),
    change: data({
      path: ['data/rows.json', 'data/others.json'],
      mix: { parts: [3, 1].map((weight) => ({ weight, files: 1, format: 'alpaca' })) },
    }),
    at: 'train.count',
    after: 32,
  },
  'data.fix.drop': {
    from: data(flawed),
    change: data({ ...flawed, fix: { drop: ['empty-answer'] } }),
    at: 'train.count',
    after: 25,
  },
  'data.fix.dedupe': {
    from: data(flawed),
    change: data({ ...flawed, fix: { dedupe: 'rows' } }),
    at: 'train.count',
    after: 25,
  },
  'data.fix.truncate': {
    from: { loss: 'all', maxLength: 20 },
    change: { loss: 'all', maxLength: 20, ...data({ fix: { truncate: 'keep_end' } }) },
    at: 'train.which',
  },
  'data.fix.split': {
    from: { maxLength: 20, ...data({ format: 'text' }) },
    change: { maxLength: 20, ...data({ format: 'text', fix: { split: true } }) },
    at: 'train.count',
  },
  'data.files': { change: data({ path: 'data/others.json' }), at: 'train.which' },

  'method.rank': { change: lora({ ...base, rank: 2 }), at: 'adapter.rank', after: 2 },
  'method.alpha': { change: lora({ ...base, alpha: 16 }), at: 'adapter.scaling', after: 4 },
  'method.dropout': { change: lora({ ...base, dropout: 0.1 }), at: 'adapter.dropout', after: 0.1 },
  'method.targets': {
    change: lora({ ...base, targets: ['q_proj', 'v_proj'] }),
    at: 'adapter.targets',
    after: ['q_proj', 'v_proj'],
  },
  'method.modulesToSave': {
    change: lora({ ...base, modulesToSave: ['lm_head'] }),
    at: 'adapter.saved',
    after: ['lm_head'],
  },
  'method.bias': { change: lora({ ...base, bias: 'all' }), at: 'adapter.biases', after: 4 },
  'method.rslora': { change: lora({ ...base, rslora: true }), at: 'adapter.scaling', after: 4 },
  'method.dora': { change: lora({ ...base, dora: true }), at: 'adapter.dora', after: true },
  'method.bits': { from: qlora(), change: qlora({ bits: 8 }), at: 'packed.class', after: 'Linear8bitLt' },
  'method.type': { from: qlora(), change: qlora({ type: 'fp4' }), at: 'packed.type', after: 'fp4' },
  'method.doubleQuantization': {
    from: qlora(),
    change: qlora({ doubleQuantization: false }),
    at: 'packed.double',
    after: false,
  },
  'method.compute': { from: qlora(), change: qlora({ compute: 'fp32' }), at: 'packed.compute', after: 'float32' },
  'method.storage': { from: qlora(), change: qlora({ storage: 'uint8' }), at: 'packed.storage', after: 'uint8' },

  overrides: {
    change: { overrides: { 'train.json': { '/sft/adam_beta2': 0.95 } } },
    at: 'optimizer.betas',
    after: [0.9, 0.95],
  },

  'zero.stage': { from: zero({}), change: zero({ stage: 2 }), at: 'engine.stage', after: 2 },
  'zero.overlap': { from: zero({}), change: zero({ overlap: true }), at: 'engine.overlap', after: true },

  'cluster.gpus': {
    from: { precision: 'fp32' },
    change: { precision: 'fp32', cluster: { kind: 'local', gpus: { type: 'H200', count: 1 } } },
    at: 'use_cpu',
    after: false,
  },
};

/** More than one of a setting, beside the table. */
export const further: Readonly<Record<string, Probe>> = {
  'data.samples by share': { change: data({ samples: { share: 0.5 } }), at: 'train.count', after: 12 },
  'data.evaluation by content': {
    from: data({ evaluation: held }),
    change: data({ evaluation: { ...held, by: 'content' } }),
    at: 'evaluation',
    after: 7,
  },
  'data.evaluation in a file of its own': {
    change: data({ evaluation: { path: 'data/others.json' } }),
    at: 'evaluation',
    after: 24,
  },
  'data.evaluation in another split': {
    from: hubData(),
    change: hubData({ evaluation: { split: 'test' } }),
    at: 'evaluation',
    after: 24,
  },
  'overrides of deepspeed.json': {
    from: zero({}),
    change: {
      ...zero({}),
      overrides: { 'deepspeed.json': { '/zero_optimization/reduce_bucket_size': 50_000_000 } },
    },
    at: 'engine.bucket',
    after: 50_000_000,
  },
};

/** Settings that are not seen here, and where they are. */
export const elsewhere: Readonly<Record<string, string>> = {
  'zero.offload':
    'read back from DeepSpeed’s config in readers.test.ts; the live engine would compile DeepSpeedCPUAdam',
  tags: 'for people; in train.json, test/golden',
  protect: 'a rule of the plan, not of the training: test/plan/protect.test.ts',
  retries: 'read by the supervisor: trainer/tests/test_supervise.py',
  environment: 'exported by launch.sh and by DeepSpeed’s launcher: test/synth/launch.test.ts, readers.test.ts',
  'model.run': 'another run’s result: trainer/tests/test_start.py, from-run.test.ts',
  'model.use': 'the adapter, merged weights or a model: trainer/tests/test_start.py',
  'model.identity': 'where the result lies: test/constructs/from-run.test.ts',
  'model.base': 'what an adapter lies on: trainer/tests/test_start.py',
  'model.token': 'asked of the Hub, not of the training: trainer/tests/test_secrets.py',
  'data.token': 'asked of the Hub, not of the training: trainer/tests/test_secrets.py',
  'data.template': 'the tokens and labels that it gives: test/python/trained-labels.test.ts',
  'data.evaluationPath': 'the files’ names are no part of a run, their content is in data.evaluation',
  'data.encoding': 'the rows that are read: test/data/said-encoding.test.ts, encodings.test.ts',
  'data.path': 'the file’s name is no part of a run, its content is data.files',
  'cluster.workspace': 'where files lie, not what is trained',
  'cluster.processes': 'ranks, by the launcher: test/synth/launch.test.ts',
  'cluster.python': 'makes the environment',
  'cluster.hosts': 'hostfile, read by DeepSpeed’s launcher in readers.test.ts',
  'cluster.gpus.type': 'for estimates and rules',
  'cluster.gpus.perNode': 'hostfile and ranks, readers.test.ts',
  'cluster.user': 'who logs in',
  'cluster.port': 'an argument of DeepSpeed’s launcher: test/synth/launch.test.ts',
  'cluster.nodes': 'ranks, by the launcher: test/synth/launch.test.ts',
  'cluster.partition': 'for Slurm, not for the trainer',
  'cluster.account': 'for Slurm, not for the trainer',
  'cluster.qos': 'for Slurm, not for the trainer',
  'cluster.timeLimit': 'for Slurm, not for the trainer',
};
