// What `import 'cdksft/testing'` loads: lib/testing.ts in a checkout, dist/testing.js when installed (see sdk.js).
export * from '#testing';
