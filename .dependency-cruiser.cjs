// The rooms of src/ from the ground up. A room may import itself and the rooms that its row names.
const ground = ['config', 'observability'];
const stored = ['database', 'records', ...ground];
const request = ['problems', 'validation', 'security', 'http', 'delivery', ...stored];
const feature = ['writes', 'upstream', ...request];
const mayImport = {
  config: [],
  observability: ['config'],
  database: ground,
  records: ['database', ...ground],
  upstream: ['records', ...ground],
  delivery: ['upstream', ...stored],
  problems: ['delivery', ...ground],
  validation: ['problems', ...ground],
  security: ['problems', 'validation', 'delivery', ...stored],
  http: ['problems', 'validation', 'security', 'delivery', ...stored],
  writes: request,
  customers: feature,
  loyalty: [...feature, 'customers'],
  hierarchy: [...feature, 'customers'],
  updates: [...feature, 'customers', 'loyalty', 'hierarchy'],
  imports: [...feature, 'customers', 'loyalty', 'hierarchy', 'updates'],
  erasure: [...feature, 'customers'],
  operations: feature,
};
// A tool may import the rooms that its row names. Only tests import tools.
const toolMayImport = {
  documents: ['observability', 'problems', 'http', 'imports', 'upstream', 'app[.]module[.]ts'],
  keys: ['config', 'security'],
};
const forbid = (name, from, to) => ({ name, severity: 'error', from, to });
const rows = Object.entries(mayImport).map(([folder, allowed]) =>
  forbid(
    `${folder}-imports`,
    { path: `^src/${folder}/`, pathNot: '[.]module[.]ts$' },
    { path: '^src/', pathNot: `^src/(${[folder, ...allowed].join('|')})/` },
  ),
);
const toolRows = Object.entries(toolMayImport).map(([tool, allowed]) =>
  forbid(
    `tools-${tool}-imports`,
    { path: `^tools/${tool}/` },
    {
      path: '^(src|tools|sandbox|bench|test|supply-chain)/',
      pathNot: [`^tools/${tool}/`, `^src/(${allowed.join('|')})(/|$)`],
    },
  ),
);
const onlyIn = (folder, packages) =>
  forbid(
    `${packages}-only-in-${folder}`,
    { path: '^src/', pathNot: `^src/${folder}/` },
    { path: `node_modules/(${packages})/` },
  );
module.exports = {
  forbidden: [
    ...rows,
    ...toolRows,
    forbid('tool-not-in-table', { path: `^tools/(?!(${Object.keys(toolMayImport).join('|')})/)` }, {}),
    forbid('nothing-imports-tools', { path: '^(src|sandbox)/' }, { path: '^tools/' }),
    forbid(
      'modules-wire-modules',
      { path: '^src/([^/]+)/.*[.]module[.]ts$' },
      { path: '^src/', pathNot: ['^src/$1/', '[.]module[.]ts$', '^src/(config|observability)/'] },
    ),
    forbid(
      'features-borrow-only-kinds',
      { path: '^src/(imports|erasure|loyalty|hierarchy|updates)/', pathNot: '[.]module[.]ts$' },
      {
        path: '^src/(customers|loyalty|hierarchy|updates)/',
        pathNot: ['^src/$1/', '/(dto/|translate-|credits-points[.])|[.]kind[.]ts$'],
      },
    ),
    forbid(
      'pure-files-have-no-packages',
      { path: ['^src/delivery/', '/translate-'], pathNot: '[.](service|module|spec)[.]ts$' },
      { path: 'node_modules/' },
    ),
    forbid(
      'wire-is-for-translating',
      { path: '^src/', pathNot: ['^src/upstream/', '/translate-'] },
      { path: '^src/upstream/wire/' },
    ),
    forbid(
      'wire-leaves-as-types',
      { path: '^src/', pathNot: '^src/upstream/' },
      { path: '^src/upstream/wire/', dependencyTypesNot: ['type-only'] },
    ),
    onlyIn('upstream', 'undici|axios'),
    onlyIn('database', 'pg|pg-boss|@electric-sql/pglite'),
    onlyIn('observability', 'pino|prom-client'),
    forbid(
      'tracing-is-loaded-where-it-is-configured',
      { path: '^src/', pathNot: '[.]spec[.]ts$' },
      { path: '^src/observability/tracing/open-telemetry[.]ts$', dynamic: false },
    ),
    forbid(
      'only-one-file-loads-opentelemetry',
      { path: '^src/', pathNot: '^src/observability/tracing/open-telemetry[.]ts$' },
      { path: 'node_modules/@opentelemetry/', dependencyTypesNot: ['type-only'] },
    ),
    forbid('sandbox-is-separate', { path: '^sandbox/' }, { path: '^src/' }),
    forbid(
      'src-imports-no-programs',
      { path: '^src/', pathNot: '[.]spec[.]ts$' },
      { path: '^(sandbox|bench|test|supply-chain)/|[.]spec[.]ts$' },
    ),
    forbid('folder-not-in-table', { path: `^src/(?!(${Object.keys(mayImport).join('|')})/)[^/]+/` }, {}),
    forbid('no-circular', {}, { circular: true }),
    forbid('no-orphans', { orphan: true, pathNot: '(/main|[.]d)[.]ts$' }, {}),
  ],
  options: {
    exclude: { path: '^sandbox/dist/' },
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
  },
};
