// The arrows between the folders, read from the imports themselves, type-only ones too. They point down:
//
//   main.ts ─▶ server ─▶ rooms services bridge ─▶ openings wallet market partners ─▶ limits catalog entropy ─▶ game ledger access ─▶ schema
//   web ─▶ client-sdk ─▶ game ─▶ schema           loadtest ─▶ client-sdk ledger game embedded config

/** What a folder may import besides itself and packages. Every folder of ours has a row; one without is refused. */
const MAY_IMPORT = {
  schema: [],
  config: [],
  embedded: [],
  game: ['schema'],
  ledger: ['schema', 'sql'],
  access: ['schema', 'ledger'],
  catalog: ['schema', 'game', 'ledger', 'access'],
  entropy: ['schema', 'game', 'ledger', 'access', 'sql'],
  limits: ['schema', 'game', 'ledger', 'access'],
  openings: ['schema', 'game', 'ledger', 'access', 'catalog', 'limits'],
  wallet: ['schema', 'game', 'ledger', 'access', 'catalog', 'limits'],
  market: ['schema', 'game', 'ledger', 'access', 'catalog', 'limits'],
  partners: ['schema', 'game', 'ledger', 'access', 'catalog', 'limits', 'openings'],
  rooms: ['schema', 'game', 'ledger', 'access', 'catalog', 'entropy', 'limits', 'openings', 'config'],
  services: [
    'schema',
    'game',
    'ledger',
    'access',
    'catalog',
    'entropy',
    'limits',
    'openings',
    'wallet',
    'market',
    'partners',
    'config',
  ],
  bridge: ['schema', 'game', 'ledger', 'access', 'catalog', 'entropy', 'config'],
  'client-sdk': ['schema', 'game'],
  web: ['schema', 'client-sdk'],
  pages: [],
  demo: ['schema', 'access', 'client-sdk'],
  server: [
    'schema',
    'config',
    'embedded',
    'game',
    'ledger',
    'access',
    'catalog',
    'entropy',
    'limits',
    'openings',
    'wallet',
    'market',
    'partners',
    'rooms',
    'services',
    'bridge',
    'client-sdk',
    'pages',
    'demo',
    'scripts',
  ],
  loadtest: [
    'client-sdk',
    'schema',
    'config',
    'ledger',
    'game',
    'embedded',
    'scripts',
    'access',
    'catalog',
    'entropy',
    'limits',
    'openings',
    'wallet',
    'market',
    'partners',
    'rooms',
    'server',
    'bridge',
    'test/services',
  ],
  sim: ['schema', 'game', 'ledger', 'rooms', 'entropy', 'access'],
  e2e: ['client-sdk', 'schema', 'embedded', 'loadtest'],
}

const TESTS = String.raw`\.test\.tsx?$`
/** What the tests of several doors share. */
const SHARED_TESTS = '^rooms/live/spec/'
const OURS = Object.keys(MAY_IMPORT)

/** `config` is both the file and the folder of its row types. */
const pathOf = (folder) => (folder === 'config' ? String.raw`^config(/|\.ts$)` : `^${folder}/`)

const arrows = Object.entries(MAY_IMPORT).map(([folder, below]) => ({
  name: `${folder}-imports-only-what-is-below`,
  comment: `${folder} may import ${below.join(', ') || 'nothing of ours'}`,
  severity: 'error',
  from: { path: pathOf(folder), pathNot: [TESTS, SHARED_TESTS] },
  to: {
    path: String.raw`^[^./][^/]*(/|\.m?[tj]sx?$)`,
    pathNot: ['(^|/)node_modules/', ...[folder, ...below].map(pathOf)],
    dependencyTypesNot: ['core'],
  },
}))

export default {
  forbidden: [
    ...arrows,
    {
      name: 'every-folder-has-a-row',
      comment: 'add the folder to MAY_IMPORT',
      severity: 'error',
      from: { path: '^[^/]+/', pathNot: ['(^|/)node_modules/', '^(test|scripts)/', ...OURS.map(pathOf)] },
      to: {},
    },
    {
      name: 'nothing-imports-main',
      severity: 'error',
      from: { pathNot: TESTS },
      to: { path: String.raw`^main\.ts$` },
    },
    {
      name: 'tests-only-for-tests',
      severity: 'error',
      comment: 'what starts the real services is for scripts, benches and chaos runs too',
      from: { pathNot: [TESTS, '^test/', SHARED_TESTS, String.raw`^scripts/test\.ts$`] },
      to: { path: ['^test/(?!services/)', TESTS] },
    },
    {
      name: 'pure-folders-know-no-node',
      comment:
        'schema and game run in a browser and in the simulator; readers of Kafka are on Node, as are its schemas',
      severity: 'error',
      from: {
        path: '^(schema|game|client-sdk|web)/',
        pathNot: [TESTS, String.raw`^web/.*\.(config|build)\.ts$`, '^schema/avro/', '^client-sdk/consume'],
      },
      to: { dependencyTypes: ['core'] },
    },
    {
      name: 'game-uses-only-pure-packages',
      severity: 'error',
      from: { path: '^game/', pathNot: [TESTS, 'spec|arbitrary'] },
      to: { path: '(^|/)node_modules/', pathNot: '(^|/)node_modules/@noble/hashes/' },
    },
    {
      name: 'no-circles',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    { name: 'everything-resolves', severity: 'error', from: {}, to: { couldNotResolve: true } },
    {
      name: 'only-listed-packages',
      comment: 'a package that is there by chance may be gone tomorrow',
      severity: 'error',
      from: {},
      to: { dependencyTypes: ['npm-no-pkg', 'npm-unknown'] },
    },
    {
      name: 'running-needs-no-development-package',
      comment: 'npm start installs without them',
      severity: 'error',
      from: {
        path: [...OURS.filter((f) => f !== 'loadtest').map(pathOf), String.raw`^main\.ts$`],
        pathNot: [TESTS, 'spec|arbitrary'],
      },
      to: { dependencyTypes: ['npm-dev'], dependencyTypesNot: ['type-only', 'npm'] },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: String.raw`^(\.tools|\.data|dist|web/dist)/` },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default', 'types'],
      extensions: ['.ts', '.tsx', '.mjs', '.js'],
    },
  },
}
