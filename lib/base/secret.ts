/** References to secrets, and texts that look like one that was written down. */
import { isObject } from './json.ts';

/** Where a secret is found on the node. Made by `secret.fromEnv` and `secret.fromFile`. */
export type SecretReference = { readonly fromEnv: string } | { readonly fromFile: string };

export function isReference(value: unknown): value is SecretReference {
  return isObject(value) && (typeof value.fromEnv === 'string' || typeof value.fromFile === 'string');
}

export const referenceText = (reference: SecretReference): string =>
  'fromEnv' in reference ? `environment variable ${reference.fromEnv}` : `file ${reference.fromFile}`;

/** Beginnings that services give their tokens, so that they are found where they leak: Hugging Face, OpenAI, GitHub, ... */
const tokens =
  /\b(?:hf_[A-Za-z0-9]{16,}|sk-[A-Za-z0-9_-]{16,}|gh[pousr]_[A-Za-z0-9]{16,}|github_pat_\w{16,}|glpat-[\w-]{16,}|xox[abprs]-[\w-]{10,}|AKIA[A-Z0-9]{16}|wandb_v1_\w{16,})/g;

export const looksSecret = (text: string): boolean => text.search(tokens) >= 0;

/** The text with each token cut to what tells its kind. */
export const masked = (text: string): string => text.replace(tokens, (token) => `${token.slice(0, 3)}...`);

/** Names that variables with secrets have. */
export const namesSecret = (name: string): boolean =>
  /(^|_)(TOKEN|API_?KEY|SECRET|SECRET_KEY|ACCESS_KEY|PASSWORD|PASSWD|CREDENTIALS?)$/i.test(name);
