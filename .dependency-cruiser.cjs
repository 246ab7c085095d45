/** The walls of the house (docs/decisions/0001). Run: npm run structure */
const features = [
  'areas',
  'accounts',
  'notices',
  'fleet',
  'library',
  'requests',
  'bulk',
  'scheduling',
  'dispatch',
  'plans',
  'receipts',
  'reports',
  'feedback',
  'alerts',
];
// A feature may import those before it in the flow of a broadcast, never those after it. `fleet` knows places and boxes, not
// what they play, so a schedule may be aimed at them. `plans` names content and
// areas only; receipts compute the coverage of a plan line, so receipts stand after plans.
const flow = features.map((feature, index) => ({
  name: `flow-${feature}`,
  comment: `${feature} may not import a later step of the broadcast`,
  severity: 'error',
  from: { path: `^src/${feature}/` },
  to: { path: `^src/(${features.slice(index + 1).join('|') || 'none'})/` },
}));
const frontDoor = features.map((feature) => ({
  name: `front-door-${feature}`,
  comment: `other rooms enter ${feature} through its index.ts`,
  severity: 'error',
  from: { path: '^src/', pathNot: `^src/${feature}/` },
  to: { path: `^src/${feature}/`, pathNot: `^src/${feature}/index\\.ts$` },
}));
module.exports = {
  forbidden: [
    { name: 'no-circular', severity: 'error', from: {}, to: { circular: true } },
    {
      name: 'no-orphans',
      severity: 'error',
      from: {
        orphan: true,
        pathNot:
          '(\\.spec\\.ts|\\.d\\.ts|\\.config\\.(js|ts|cjs)|\\.reporter\\.js|main\\.ts|run\\.ts|^web/src/sw\\.ts)$',
      },
      to: {},
    },
    { name: 'not-resolvable', severity: 'error', from: {}, to: { couldNotResolve: true } },
    {
      name: 'platform-knows-no-feature',
      severity: 'error',
      from: { path: '^src/platform/' },
      to: { path: `^src/(${features.join('|')})/` },
    },
    {
      name: 'only-platform-http-and-composition-import-app',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/[^/]+\\.ts$' },
      to: { path: '^src/(main|app\\.module)\\.ts$' },
    },
    ...flow,
    ...frontDoor,
    {
      name: 'protocol-stands-alone',
      severity: 'error',
      from: { path: '^devices/protocol/', pathNot: '\\.spec\\.ts$' },
      to: { pathNot: '^(devices/protocol/|node_modules/zod/)' },
    },
    {
      name: 'proof-stands-alone',
      comment: 'what anybody can check without us: nothing of the service, and nothing that a browser lacks',
      severity: 'error',
      from: { path: '^proof/', pathNot: '^proof/(cli|testing|threads)/|\\.spec\\.ts$' },
      to: { path: '^(node:|fs$|crypto$|src|media|documents|web|demo|test|devices/(?!protocol))' },
    },
    {
      name: 'player-core-is-pure',
      severity: 'error',
      from: { path: '^devices/player/core/', pathNot: '\\.spec\\.ts$' },
      to: { pathNot: '^devices/(protocol|player/core)/' },
    },
    {
      name: 'player-stands-on-protocol',
      severity: 'error',
      from: { path: '^devices/player/' },
      to: { path: '^(src|media|documents|web|demo|test|devices/(?!protocol|player))' },
    },
    {
      name: 'simulator-stands-on-player',
      severity: 'error',
      from: { path: '^devices/simulator/' },
      to: { path: '^(src|media|documents|web|demo|test)/' },
    },
    {
      name: 'conformance-stands-on-protocol',
      comment: 'a second reading of the contract: it shares nothing with the player that it examines',
      severity: 'error',
      from: { path: '^devices/conformance/' },
      to: { path: '^(src|media|documents|web|demo|test|devices/(?!protocol|conformance))' },
    },
    {
      name: 'only-tests-import-conformance',
      severity: 'error',
      from: { pathNot: '^(devices/conformance|test)/' },
      to: { path: '^devices/conformance/' },
    },
    {
      name: 'documents-stands-alone',
      severity: 'error',
      from: { path: '^documents/' },
      to: { path: '^(src|media|devices|web|demo|test)/' },
    },
    {
      name: 'media-stands-alone',
      severity: 'error',
      from: { path: '^media/' },
      to: { path: '^(src|documents|devices|web|demo|test)/', pathNot: '^test/support/long\\.ts$' },
    },
    {
      name: 'web-uses-contracts-only',
      severity: 'error',
      from: { path: '^web/' },
      to: { path: '^(src|media|documents|demo|test|devices/(?!protocol|player/core))' },
    },
    {
      name: 'engines-are-pure',
      severity: 'error',
      from: { path: '/engine/', pathNot: '\\.spec\\.ts$' },
      to: {
        path: '^(node:|fs$|net$|http$|crypto$|timers$|@nestjs|node_modules/(@nestjs|typeorm|mqtt|better-sqlite3|pg|execa)/)',
      },
    },
    {
      name: 'engines-import-no-services',
      severity: 'error',
      from: { path: '/engine/', pathNot: '\\.spec\\.ts$' },
      to: { path: '\\.(service|controller|module|entity|queries)\\.ts$' },
    },
    {
      name: 'nothing-imports-demo',
      severity: 'error',
      from: { path: '^(src|media|documents|devices|web)/' },
      to: { path: '^demo/' },
    },
    {
      name: 'product-imports-no-tests',
      severity: 'error',
      from: { path: '^(src|media|documents|devices|web)/', pathNot: '\\.spec\\.ts$' },
      to: { path: '^test/' },
    },
    {
      name: 'one-write-path',
      comment: 'invariant 10: only platform/database opens the database',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/platform/database/' },
      to: { path: 'node_modules/(better-sqlite3|pg)/' },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '(^|/)dist/' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default', 'types'],
      extensions: ['.ts', '.js', '.d.ts'],
    },
  },
};
