export const foreign: Readonly<Record<string, string>> = {};
