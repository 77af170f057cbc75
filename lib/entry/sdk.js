// What `import 'cdksft'` loads. Here `#sdk` is lib/index.ts, by lib/package.json; the published package leaves that file
// out, so that there `#sdk` is the built dist/index.js, by the package's own package.json. Nothing is rewritten to pack.
export * from '#sdk';
