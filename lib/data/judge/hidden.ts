/** A row's text as it may be shown: what is found as a secret, or as leading to a person, is not. */
import { hidePersonal } from './personal.ts';
import { hideSecrets } from './secrets.ts';

/** Of the same length. */
export function hidden(text: string): string {
  return hidePersonal(hideSecrets(text));
}
