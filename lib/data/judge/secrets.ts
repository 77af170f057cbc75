/** Keys of services whose form is known, and private keys: where they are, never what they are. */
import type { Detector } from './finding.ts';
import { Pattern } from './pattern.ts';
import { rows } from './tally.ts';
import { traits } from './traits.ts';

/** By who gives them out; each form as its maker documents it, or as GitHub's secret scanning lists it. */
const forms: Readonly<Record<string, string>> = {
  'Amazon Web Services': '(?:AKIA|ASIA)[A-Z2-7]{16}',
  Anthropic: 'sk-ant-[a-z]{2,5}\\d{2}-[\\w-]{24,}',
  GitHub: 'gh[pousr]_[A-Za-z\\d]{36}|github_pat_\\w{60,}',
  GitLab: 'glpat-[\\w-]{20}',
  Google: 'AIza[\\w-]{35}',
  'Hugging Face': 'hf_[A-Za-z\\d]{34}',
  npm: 'npm_[A-Za-z\\d]{36}',
  OpenAI: 'sk-(?:proj-|svcacct-|admin-)?(?=[\\w-]*\\d)(?=[\\w-]*[A-Z])[\\w-]{40,}',
  PyPI: 'pypi-AgEIcHlwaS5vcmc[\\w-]{50,}',
  SendGrid: 'SG\\.[\\w-]{22}\\.[\\w-]{43}',
  Slack: 'xox[abeprs]-[\\dA-Za-z-]{20,}',
  Stripe: '[rs]k_live_[\\dA-Za-z]{24,}',
  'JSON Web Token': 'eyJ[\\w-]{15,}\\.eyJ[\\w-]{15,}\\.[\\w-]{20,}',
};

const key = new RegExp(`(?<![\\w-])(?:${Object.values(forms).join('|')})(?![\\w-])`, 'g');
/** As makers write them where they mean none. */
const isExample = /EXAMPLE|X{6}|x{6}|0{8}|1234567890abcdef/i;

/** What a form begins with; those with an underscore stand behind the trait alone, which few texts have. */
const beginnings: readonly (readonly [needs: number, beginning: string])[] = [
  [0, 'AKIA'],
  [0, 'ASIA'],
  [0, 'AIza'],
  [traits['-'], 'sk-'],
  [traits['-'], 'glpat-'],
  [traits['-'], 'pypi-'],
  [traits['-'], 'xox'],
  [traits['.'], 'SG.'],
  [traits['.'], 'eyJ'],
];

function mayHaveKey(text: string, found: number): boolean {
  if ((found & traits._) !== 0) return true;
  return beginnings.some(([needs, beginning]) => (found & needs) === needs && text.includes(beginning));
}

function hasKey(text: string): boolean {
  return (text.match(key) ?? []).some((found) => !isExample.test(found));
}

/** RFC 7468, and the armour of OpenPGP; with something behind it, since its heading alone is no key. */
const privateKey = /-----BEGIN (?:[A-Z\d]+ )*PRIVATE KEY(?: BLOCK)?-----\s*[A-Za-z\d+/=:, .-]*\s*[A-Za-z\d+/=]{24}/;

/** To its end, or to that of the text. */
const wholePrivateKey = /(-----BEGIN (?:[A-Z\d]+ )*PRIVATE KEY(?: BLOCK)?-----)([\s\S]*?)(?=-----END|$)/g;

/** Keys as asterisks, as many as they had letters. */
export function hideSecrets(text: string): string {
  return text
    .replace(key, (found) => (isExample.test(found) ? found : '*'.repeat(found.length)))
    .replace(wholePrivateKey, (_, head: string, body: string) => `${head}${body.replace(/\S/g, '*')}`);
}

const fix = 'Take it out, and have it revoked: it must be taken as known.';

export function secretDetectors(): Detector[] {
  return [
    new Pattern(({ text, traits: found }) => mayHaveKey(text, found) && hasKey(text), {
      id: 'rows/secret',
      severity: 'warning',
      message: (count) => `${rows(count, 'has', 'have')} what looks like a key or token of a service.`,
      fix,
    }),
    new Pattern(({ text, traits: found }) => (found & traits['-']) !== 0 && privateKey.test(text), {
      id: 'rows/private-key',
      severity: 'warning',
      message: (count) => `${rows(count, 'has', 'have')} a private key.`,
      fix,
    }),
  ];
}
