/** Models in folders of this machine whose tokenizer is a SentencePiece model that nothing says how to use. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { isObject } from '../base/json.ts';
import type { Finding } from '../finding.ts';
import type { Job, Manifest } from '../manifest.ts';

/** As the trainer tells it in tokenizer.py. */
function isBare(folder: string): boolean {
  const has = (name: string) => existsSync(join(folder, name));
  return has('tokenizer.model') && !has('tokenizer.json') && !has('tokenizer_config.json');
}

function finding({ where }: Job, folder: string): Finding {
  return {
    id: 'model/bare-tokenizer',
    severity: 'warning',
    where: { ...where, path: 'model' },
    given: folder,
    message: `${folder} has tokenizer.model, and neither tokenizer.json nor tokenizer_config.json: transformers puts no BOS before a row, and no space before its first word.`,
    fix: 'Put the tokenizer_config.json that the model was published with beside it.',
  };
}

/** On another machine the same path may be another folder. */
export function bareTokenizers({ target, resources }: Manifest): Finding[] {
  if (target?.kind !== 'local') return [];
  return resources.flatMap((resource): Finding[] => {
    const model = resource.life === 'job' ? resource.settings.model : undefined;
    if (!isObject(model) || model.source !== 'path' || typeof model.path !== 'string') return [];
    return isBare(model.path) ? [finding(resource as Job, model.path)] : [];
  });
}
