// The command line for bin/sft.js: lib/cli/main.ts in a checkout, dist/cli/main.js when installed (see sdk.js).
export * from '#command';
