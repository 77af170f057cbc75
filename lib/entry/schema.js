// What `import 'cdksft/schema'` loads: lib/schema.ts in a checkout, dist/schema.js when installed (see sdk.js).
export * from '#schema';
