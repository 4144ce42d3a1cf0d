/** Who may import what. One rule, one sentence that says where the code belongs instead. */
const domains = '(signin|datasets|transfers|jobs|accelerators|images|facility|doctor)';

module.exports = {
  forbidden: [
    {
      name: 'no-cycles',
      severity: 'error',
      from: {},
      to: { circular: true, dependencyTypesNot: ['type-only'] }
    },
    {
      name: 'contract-imports-only-zod',
      severity: 'error',
      from: { path: '^src/contract/' },
      to: { pathNot: '^(src/contract/|node_modules/zod)' }
    },
    {
      name: 'browser-never-imports-server',
      severity: 'error',
      from: { path: '^src/' },
      to: { path: '^server/' }
    },
    {
      name: 'server-imports-only-the-contract-of-the-browser',
      severity: 'error',
      from: { path: '^server/' },
      to: { path: '^src/(?!contract/)' }
    },
    {
      name: 'a-browser-domain-uses-only-tokens-of-another',
      severity: 'error',
      from: { path: `^src/${domains}/` },
      to: { path: `^src/${domains}/`, pathNot: ['^src/$1/', '/tokens\\.ts$'] }
    },
    {
      name: 'ui-knows-no-domain',
      severity: 'error',
      from: { path: '^src/ui/' },
      to: { path: `^src/(${domains}|companion)/` }
    },
    {
      name: 'an-adapter-knows-its-port-and-the-core-only',
      severity: 'error',
      from: { path: '^server/src/[a-z]+/adapters/', pathNot: '/adapters/index\\.ts$' },
      to: { path: '(^server/src/(store|http)/|/service\\.ts$|/routes\\.ts$|node_modules/express)' }
    },
    {
      name: 'core-knows-no-domain',
      severity: 'error',
      from: { path: '^server/src/(core|store|http)/' },
      to: { path: `^server/src/${domains}/` }
    },
    {
      name: 'nobody-imports-the-root',
      severity: 'error',
      from: { pathNot: '^server/src/(main|serve)\\.ts$' },
      to: { path: '^server/src/(main|app|serve)\\.ts$' }
    },
    {
      name: 'production-never-imports-tests-or-demo',
      severity: 'error',
      from: { path: '^(src|server/src)/', pathNot: '__tests__' },
      to: { path: '^(server/test|demo|ui-tests|bench|src/testing)/' }
    },
    {
      name: 'not-in-package-json',
      severity: 'error',
      from: {},
      to: { dependencyTypes: ['npm-no-pkg', 'npm-unknown'], pathNot: '^node_modules/zod/' }
    }
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'types', 'node', 'default']
    }
  }
};
