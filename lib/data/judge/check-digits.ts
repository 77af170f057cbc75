/** Digits that prove a number is one. */

/** ISO/IEC 7812: of ten numbers made up, one passes. */
export function isLuhn(digits: string): boolean {
  let sum = 0;
  for (let index = 0; index < digits.length; index += 1) {
    const digit = Number(digits[digits.length - 1 - index]);
    const doubled = index % 2 === 1 ? digit * 2 : digit;
    sum += doubled > 9 ? doubled - 9 : doubled;
  }
  return digits.length > 0 && sum % 10 === 0 && /[1-9]/.test(digits);
}

/** ISO 13616: letters count from 10, the first four stand last, the remainder by 97 is 1. Of 97 made up, one passes. */
export function isIban(text: string): boolean {
  if (!/^[A-Z]{2}\d{2}[A-Z\d]{11,30}$/.test(text)) return false;
  let remainder = 0;
  for (const letter of text.slice(4) + text.slice(0, 4))
    remainder = Number(`${remainder}${Number.parseInt(letter, 36)}`) % 97;
  return remainder === 1;
}
