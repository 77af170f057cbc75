// The command line for bin/sft.js: lib/cli/start.ts in a checkout, dist/cli/start.js when installed (see sdk.js).
export * from '#command';
