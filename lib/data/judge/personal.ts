/** Numbers and names that lead to a person: where they are, never what they are. */
import { isIban, isLuhn } from './check-digits.ts';
import type { Detector } from './finding.ts';
import { Pattern } from './pattern.ts';
import { rows } from './tally.ts';
import { traits } from './traits.ts';

const email = /(?<![\w.+-])[a-z\d][\w.+-]{0,63}@((?:[a-z\d](?:[a-z\d-]{0,61}[a-z\d])?\.)+[a-z]{2,24})(?![\w-])/gi;
/** RFC 2606 and RFC 6761: names that belong to nobody. */
const nobodys = /(?:^|\.)(?:example\.(?:com|org|net)|example|test|invalid|localhost)$/i;

export function hasEmail(text: string): boolean {
  for (const [, domain = ''] of text.matchAll(email)) if (!nobodys.test(domain)) return true;
  return false;
}

const phones = [
  // International, as E.164 has it: a plus and 8 to 15 digits, with single marks between.
  /(?<![\d+])\+[1-9](?:[ .\-()]{0,2}\d){7,14}(?!\d)/g,
  // North America: area and exchange do not begin with 0 or 1.
  /(?<![\d-])(?:1[ .-])?(?:\([2-9]\d{2}\) ?|[2-9]\d{2}[-.])[2-9]\d{2}[-.]\d{4}(?![\d-])/g,
  // Japan: ten digits, or eleven of a mobile.
  /(?<![\d-])(?:0[5789]0-\d{4}-\d{4}|0\d-\d{4}-\d{4}|0\d{2}-\d{3}-\d{4}|0\d{3}-\d{2}-\d{4}|0120-\d{3}-\d{3})(?![\d-])/g,
];
/** 555-0100 to 555-0199 are for fiction. */
const fiction = /555[-. ]?01\d{2}$/;

export function hasPhone(text: string): boolean {
  return phones.some((phone) => (text.match(phone) ?? []).some((found) => !fiction.test(found)));
}

const card = /(?<![\d.-])(?:\d[ -]?){12,18}\d(?![\d.]*\d)/g;
/** American Express, Diners Club, JCB, Visa, Mastercard, Discover: the first digits and how many there are. */
const issuers =
  /^(?:3[47]\d{13}|3(?:0[0-5]|[68]\d)\d{11}|35(?:2[89]|[3-8]\d)\d{12}|4\d{12}(?:\d{3}){0,2}|5[1-5]\d{14}|2(?:2[2-9]|[3-6]\d|7[01])\d{13}|6(?:011|5\d{2})\d{12})$/;

export function hasCard(text: string): boolean {
  return (text.match(card) ?? []).some((found) => {
    const digits = found.replace(/[ -]/g, '');
    return issuers.test(digits) && isLuhn(digits);
  });
}

const iban = /(?<![A-Z\d])[A-Z]{2}\d{2}(?: ?[A-Z\d]{4}){2,7}(?: ?[A-Z\d]{1,3})?(?![A-Z\d])/g;

export function hasIban(text: string): boolean {
  return (text.match(iban) ?? []).some((found) => isIban(found.replace(/ /g, '')));
}

const octet = '(?:25[0-5]|2[0-4]\\d|1?\\d?\\d)';
const ipv4 = new RegExp(`(?<![\\d.])(?<!v(?:ersion)? ?)${octet}(?:\\.${octet}){3}(?!\\.?\\d)`, 'gi');
const ipv6 =
  /(?<![\w:])(?:[\da-f]{1,4}:){7}[\da-f]{1,4}(?![\w:])|(?<![\w:])[23][\da-f]{3}:(?:[\da-f]{1,4}:){1,5}(?::[\da-f]{1,4}){1,5}(?![\w:])/gi;

/** Private, of this host, of documentation, of groups (RFC 6890): they lead to nobody. */
function isPublic(address: string): boolean {
  const [a = 0, b = 0, c = 0, d = 0] = address.split('.').map(Number);
  if (a === 0 || a === 10 || a === 127 || a >= 224) return false;
  if ((a === 172 && b >= 16 && b < 32) || (a === 192 && b === 168) || (a === 169 && b === 254)) return false;
  if (a === 100 && b >= 64 && b < 128) return false;
  if ((a === 192 && b === 0) || (a === 198 && (b === 18 || b === 19))) return false;
  if ((a === 198 && b === 51 && c === 100) || (a === 203 && b === 0 && c === 113)) return false;
  // 1.2.3.4 and 8.8.8.8 are everybody's examples; small numbers alone are most often a version.
  return !(a === b && b === c && c === d) && Math.max(a, b, c, d) > 9;
}

/** What each form has in its middle: found fast, and seldom there. */
const dotted = /\.\d{1,3}\.\d/;
const coloned = /:[\da-f]{0,4}:[\da-f]{0,4}:/i;

export function hasAddress(text: string): boolean {
  if (dotted.test(text) && (text.match(ipv4) ?? []).some(isPublic)) return true;
  return coloned.test(text) && (text.match(ipv6) ?? []).some((found) => !/^(?:2001:0?db8|3fff|f[cde])/i.test(found));
}

/** What leads to a person as asterisks, as many as it had letters: places in the text stay what they are. */
export function hidePersonal(text: string): string {
  const when = (is: (found: string) => boolean) => (found: string) => (is(found) ? '*'.repeat(found.length) : found);
  let hidden = text.replace(email, (found, domain: string) =>
    nobodys.test(domain) ? found : '*'.repeat(found.length),
  );
  hidden = hidden.replace(card, when(hasCard)).replace(iban, when(hasIban));
  for (const phone of phones) hidden = hidden.replace(phone, when(hasPhone));
  return hidden.replace(ipv4, when(isPublic)).replace(ipv6, when(hasAddress));
}

const fix = 'Take it out, or put something made up in its place: a model may repeat it to anyone.';

function personal(id: string, what: string, needs: number, has: (text: string) => boolean): Detector {
  return new Pattern(({ text, traits: found }) => (found & needs) === needs && has(text), {
    id,
    severity: 'warning',
    message: (count) => `${rows(count, 'has', 'have')} what looks like ${what}.`,
    fix,
  });
}

export function personalDetectors(): Detector[] {
  return [
    personal('rows/email', 'an e-mail address', traits['@'] | traits['.'], hasEmail),
    personal('rows/phone', 'a telephone number', traits.digits, hasPhone),
    personal('rows/card-number', 'the number of a credit card', traits.digits, hasCard),
    personal('rows/iban', 'the number of a bank account (IBAN)', traits.digits, hasIban),
    new Pattern(({ text, traits: found }) => (found & (traits['.'] | traits[':'])) !== 0 && hasAddress(text), {
      id: 'rows/ip-address',
      severity: 'note',
      message: (count) => `${rows(count, 'has', 'have')} what looks like a public IP address.`,
      fix,
    }),
  ];
}
