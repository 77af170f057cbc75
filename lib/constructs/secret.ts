/** Names a secret. Whoever needs it on the node reads it there; no file, plan, state or log of ours holds it. */
import type { SecretReference } from '../base/secret.ts';

/** References to secrets, for `environment` of a FineTune and `token` of a Model or Dataset. */
export const secret = {
  /**
   * The environment variable of this name, as `sft apply` has it where the run is on this machine.
   *
   * @param name - Of the variable: `HF_TOKEN`.
   */
  fromEnv(name: string): SecretReference {
    return { fromEnv: name };
  },
  /**
   * The content of a file on the node, without blanks at its ends.
   *
   * @param path - Absolute, or beginning with `~/`.
   */
  fromFile(path: string): SecretReference {
    return { fromFile: path };
  },
} as const;
