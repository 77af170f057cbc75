// sft plan --no-refresh examples/unit-test/main.ts -c variant=full
import { App } from 'cdksft';
import { experiment } from './experiment.ts';

const app = new App({ context: { variant: 'small' } });
experiment(app);
app.synth();
