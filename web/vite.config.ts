import { defineConfig } from 'vitest/config';

/** Built for a server that may be mounted anywhere: all addresses are relative. */
export default defineConfig({
  base: './',
  build: {
    target: 'es2022',
    rollupOptions: { input: ['index.html', 'watch.html', 'dashboard.html'] },
    modulePreload: { polyfill: false },
    assetsInlineLimit: 0,
  },
  test: { include: ['test/**/*.test.ts'], reporters: ['default'] },
});
