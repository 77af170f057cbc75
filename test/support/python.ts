/** The Python of the test environment, which `npm test` makes: torch, TRL, PEFT, DeepSpeed, bitsandbytes, pytest. */
import { existsSync } from 'node:fs';
import { testPython } from '../../scripts/python.js';

/** The interpreter's path. Throws where set-up has not made it: without it a test of the engines proves nothing. */
export function python(): string {
  const path = testPython();
  if (!existsSync(path)) throw new Error(`there is no test environment at ${path}: run "npm test", which makes it`);
  return path;
}
