/** What is written in a program stands in files that are committed: a secret is named there, not held. */

import { isObject } from '../base/json.ts';
import { looksSecret, namesSecret } from '../base/secret.ts';
import type { Broken, Rule } from './rule.ts';

const fix = (name: string) => `Name it instead: secret.fromEnv('${name}') or secret.fromFile('/path').`;

/** The path of the first text that is a token; keys are looked at too. */
function tokenIn(value: unknown, path: string): string | undefined {
  if (typeof value === 'string') return looksSecret(value) ? path : undefined;
  if (Array.isArray(value)) {
    for (const each of value) {
      const found = tokenIn(each, path);
      if (found !== undefined) return found;
    }
    return undefined;
  }
  if (!isObject(value)) return undefined;
  for (const [key, inner] of Object.entries(value)) {
    const found = looksSecret(key) ? path : tokenIn(inner, path === '' ? key : `${path}.${key}`);
    if (found !== undefined) return found;
  }
  return undefined;
}

function broken(path: string, message: string, name: string): Broken {
  // Not what was given: a message is printed, and kept in logs of builds.
  return { id: 'secret/written', severity: 'error', path, message, fix: fix(name) };
}

/** Tokens by their form, in any setting. */
const token: Rule = ({ settings }) => {
  const path = tokenIn(settings, '');
  if (path === undefined) return undefined;
  const name = path.startsWith('environment.') ? path.slice('environment.'.length) : 'NAME';
  return broken(path, `${path} holds what looks like a token, and would stand in files that are committed.`, name);
};

/** Variables whose name says so, with a text as the value. */
const variable: Rule = ({ settings }) => {
  const found = Object.entries(settings.environment).find(
    ([name, value]) => typeof value === 'string' && value !== '' && namesSecret(name) && !looksSecret(value),
  );
  if (!found) return undefined;
  const [name] = found;
  return broken(
    `environment.${name}`,
    `environment.${name} holds its secret, which would stand in files that are committed.`,
    name,
  );
};

export const secrets: readonly Rule[] = [token, variable];
