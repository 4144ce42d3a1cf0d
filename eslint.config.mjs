import js from '@eslint/js';
import jsxA11y from 'eslint-plugin-jsx-a11y';
import reactHooks from 'eslint-plugin-react-hooks';
import globals from 'globals';
import tseslint from 'typescript-eslint';

/** Doors that exist once: the message says where to go instead. */
const env = {
  object: 'process',
  property: 'env',
  message: 'Only server/src/config/load.ts reads the environment.'
};

/** Texts that people read go through the translator; a word that is none (a unit, a mark) has fewer than two letters. */
const WORDS = '[value=/[A-Za-z]{2}/]';
const READ =
  '/^(aria-label|aria-description|aria-valuetext|aria-roledescription|title|placeholder|alt|label)$/';
const untranslated = [
  `JSXText${WORDS}`,
  `JSXElement > JSXExpressionContainer > :matches(Literal${WORDS}, TemplateLiteral:has(TemplateElement[value.raw=/[A-Za-z]{2}/]))`,
  `JSXElement > JSXExpressionContainer > :matches(ConditionalExpression, LogicalExpression) > Literal${WORDS}`,
  `JSXAttribute[name.name=${READ}] > Literal${WORDS}`,
  `JSXAttribute[name.name=${READ}] > JSXExpressionContainer > :matches(Literal${WORDS}, TemplateLiteral:has(TemplateElement[value.raw=/[A-Za-z]{2}/]))`,
  `JSXAttribute[name.name=${READ}] > JSXExpressionContainer > ConditionalExpression > Literal${WORDS}`,
  `Property[key.name=/^(label|caption|placeholder|ariaLabel|tooltip)$/] > Literal${WORDS}`,
  `CallExpression[callee.property.name='setAttribute'][arguments.0.value=${READ}] > Literal.arguments:nth-child(2)${WORDS}`,
  `AssignmentExpression[left.property.name=/^(title|caption|label|placeholder|ariaLabel|textContent)$/] > Literal.right${WORDS}`
].map(selector => ({ selector, message: 'What people read goes through trans.__ or trans._n.' }));

export default tseslint.config(
  {
    ignores: [
      'node_modules/**',
      '.venv/**',
      '.scratch/**',
      '.demo/**',
      '.cache/**',
      'lib/**',
      'dist/**',
      'bench/results/**',
      'jupyterlab_panosc/**',
      'server/contract/**',
      '**/fixtures/**',
      'ui-tests/node_modules/**',
      'ui-tests/test-results/**',
      'ui-tests/playwright-report/**'
    ]
  },
  js.configs.recommended,
  ...tseslint.configs.recommendedTypeChecked,
  {
    languageOptions: {
      parserOptions: {
        project: ['./tsconfig.json', './server/tsconfig.json', './ui-tests/tsconfig.json'],
        tsconfigRootDir: import.meta.dirname
      }
    },
    rules: {
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/no-non-null-assertion': 'error',
      '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'inline-type-imports' }],
      '@typescript-eslint/switch-exhaustiveness-check': [
        'error',
        { considerDefaultExhaustiveForUnions: true }
      ],
      '@typescript-eslint/no-unused-vars': [
        'error',
        { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }
      ],
      '@typescript-eslint/restrict-template-expressions': [
        'error',
        { allowNumber: true, allowBoolean: true }
      ],
      'no-console': 'error',
      'no-control-regex': 'off',
      'max-lines': ['error', { max: 350, skipBlankLines: true, skipComments: true }],
      'max-lines-per-function': ['error', { max: 100, skipBlankLines: true, skipComments: true }],
      complexity: ['error', 18],
      'max-params': ['error', 5],
      eqeqeq: ['error', 'always', { null: 'ignore' }]
    }
  },
  {
    files: ['server/src/**/*.ts'],
    languageOptions: { globals: globals.node },
    rules: {
      'no-restricted-syntax': [
        'error',
        {
          selector: "ImportDeclaration[source.value='zod'] > ImportSpecifier",
          message: "Write import * as z from 'zod': a sixth of the bytes."
        }
      ],
      'no-restricted-properties': ['error', env],
      'no-restricted-imports': [
        'error',
        {
          paths: [
            {
              name: 'node:child_process',
              message: 'Child processes start in core/run-command.ts.'
            },
            { name: 'execa', message: 'Child processes start in core/run-command.ts.' }
          ]
        }
      ]
    }
  },
  {
    // Doors themselves: the environment, child processes, and the supervisor of local jobs.
    files: [
      'server/src/config/load.ts',
      'server/src/core/run-command.ts',
      'server/src/jobs/local/*.ts'
    ],
    rules: { 'no-restricted-properties': 'off', 'no-restricted-imports': 'off' }
  },
  {
    files: ['src/**/*.{ts,tsx}'],
    languageOptions: { globals: globals.browser },
    plugins: { 'react-hooks': reactHooks, 'jsx-a11y': jsxA11y },
    rules: {
      ...reactHooks.configs.recommended.rules,
      ...jsxA11y.flatConfigs.recommended.rules,
      'no-restricted-globals': [
        'error',
        { name: 'fetch', message: 'Requests go through src/companion/client.ts.' },
        { name: 'localStorage', message: 'Nothing of ours is stored in the browser.' },
        { name: 'sessionStorage', message: 'Nothing of ours is stored in the browser.' }
      ]
    }
  },
  {
    files: ['src/**/*.{ts,tsx}'],
    ignores: ['src/contract/**'],
    rules: { 'no-restricted-syntax': ['error', ...untranslated] }
  },
  {
    files: [
      '**/test/**/*.ts',
      '**/__tests__/**/*.{ts,tsx}',
      '**/*.spec.{ts,tsx}',
      'bench/**/*',
      'demo/**/*',
      'ui-tests/**/*'
    ],
    rules: {
      'max-lines-per-function': 'off',
      'no-restricted-properties': 'off',
      'no-restricted-imports': 'off',
      'no-restricted-globals': 'off',
      'no-restricted-syntax': 'off',
      'no-console': 'off',
      '@typescript-eslint/no-floating-promises': 'off',
      '@typescript-eslint/require-await': 'off'
    }
  },
  {
    files: ['**/*.{js,mjs,cjs}'],
    ...tseslint.configs.disableTypeChecked,
    languageOptions: { globals: globals.node, parserOptions: { project: null } },
    rules: {
      ...tseslint.configs.disableTypeChecked.rules,
      'no-console': 'off',
      '@typescript-eslint/no-require-imports': 'off'
    }
  }
);
