const base = require('@jupyterlab/testutils/lib/jest-config')(__dirname);

module.exports = {
  ...base,
  reporters: ['default'],
  testRegex: 'src/.*\\.spec\\.tsx?$',
  transform: {
    ...base.transform,
    '^.+\\.tsx?$': ['ts-jest', { tsconfig: 'tsconfig.test.json' }]
  },
  moduleNameMapper: {
    ...base.moduleNameMapper,
    '^(\\.{1,2}/.*)\\.js$': '$1'
  },
  modulePathIgnorePatterns: [
    '<rootDir>/jupyterlab_panosc/labextension',
    '<rootDir>/jupyterlab_panosc/companion',
    '<rootDir>/lib/',
    '<rootDir>/ui-tests',
    '<rootDir>/src/contract/package.json',
    '<rootDir>/.scratch',
    '<rootDir>/.venv'
  ],
  transformIgnorePatterns: [
    '/node_modules/(?!(@codemirror|@jupyter|@jupyterlab|@marijn|@microsoft|@rjsf|color|exenv-es6|lib0|marked|nanoid|vscode-ws-jsonrpc|y-protocols|y-websocket|yjs)/)'
  ]
};
