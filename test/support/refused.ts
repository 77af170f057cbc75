/** What a promise was refused with: a check fails where it was not. */
import * as assert from 'uvu/assert';
import { UserError } from '../../lib/errors.ts';

export async function refused(act: Promise<unknown>): Promise<UserError> {
  try {
    await act;
  } catch (caught) {
    assert.instance(caught, UserError);
    return caught as UserError;
  }
  throw new Error('it was not refused');
}
