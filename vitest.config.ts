import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    setupFiles: ['reflect-metadata'],
    maxWorkers: 4,
    reporters: ['default', './test/plain-count.reporter.ts'],
    projects: [
      {
        extends: true,
        test: { name: 'small', include: ['{src,tools}/**/*.spec.ts', 'supply-chain/*.spec.ts'] },
      },
      { extends: true, test: { name: 'drift', include: ['test/drift/*.spec.ts'] } },
      { extends: true, test: { name: 'sandbox', include: ['sandbox/**/*.spec.ts'], testTimeout: 30_000 } },
      {
        extends: true,
        test: { name: 'model', include: ['test/model/**/*.model-spec.ts'], testTimeout: 120_000 },
      },
      { extends: true, test: { name: 'contract', include: ['test/contract/**/*.contract-spec.ts'] } },
      {
        extends: true,
        test: {
          name: 'integration',
          include: ['test/integration/**/*.int-spec.ts'],
          globalSetup: './test/harness/prepare-databases.ts',
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
      {
        extends: true,
        test: {
          name: 'e2e',
          include: ['test/e2e/**/*.e2e-spec.ts'],
          globalSetup: './test/harness/prepare-databases.ts',
          testTimeout: 180_000,
          hookTimeout: 120_000,
        },
      },
    ],
  },
});
