/**
 * Writes the documents that are made from code: docs/problems.md, docs/openapi.json, docs/admin/profile-{schema.json,reference.md},
 * docs/admin/config-reference.md.
 * `node scripts/generate-docs.ts` writes them; with `--check` it only compares and fails when one is stale.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import * as z from 'zod';
import * as contract from '../src/contract/index.ts';
import { configReference } from './config-reference.ts';
import { profileReference, profileSchema } from './profile-reference.ts';

const root = path.resolve(import.meta.dirname, '..');

function problemTable(): string {
  const rows = Object.entries(contract.problemKinds).map(
    ([slug, kind]) => `| \`${slug}\` | ${kind.status} | ${kind.title} | ${kind.action} |`
  );
  return [
    '# Problems',
    '',
    'Every error of the API is an RFC 9457 document with `type` = `/problems/<slug>`. Made from `src/contract/problem.ts`.',
    '',
    '| slug | status | title | what helps |',
    '| --- | --- | --- | --- |',
    ...rows,
    '',
    'Before the companion answers, the relay reports in the same form (`jupyterlab_panosc/`): `no-node`, `companion-failed`,',
    '`companion-stopped`, `companion-elsewhere` (503), `companion-silent` (502), `no-windows` (503).',
    ''
  ].join('\n');
}

interface Route {
  readonly summary: string;
  readonly query?: z.ZodType;
  readonly body?: z.ZodType;
  readonly answer?: z.ZodType;
  readonly status?: number;
}

const id = ' One operation by its id.';

/** The API, in the order of the domains. Streams have no schema. */
const routes: Readonly<Record<string, Route>> = {
  'GET /v1/health': { summary: 'Proof that the companion answers.', answer: contract.Health },
  'GET /v1/ready': {
    summary: 'Whether the companion can take work; a problem (503) says why not.',
    answer: contract.Ready
  },
  'GET /v1/metrics': {
    summary: 'Counts for Prometheus, as text; only where the configuration switches them on.'
  },
  'GET /v1/doctor': {
    summary: 'The self-check: everything that is needed, looked at now.',
    answer: contract.Doctor
  },
  'GET /v1/events': { summary: 'Server-sent events; resumes after Last-Event-ID.' },
  'GET /v1/facility': {
    summary: 'Profiles, and what the active one offers.',
    answer: contract.Facility
  },
  'PUT /v1/facility': {
    summary: 'Chooses a profile.',
    body: contract.ChooseFacility,
    answer: contract.Facility
  },
  'GET /v1/facility/addresses': {
    summary: 'Where its services are, for other programs.',
    answer: contract.FacilityAddresses
  },
  'GET /v1/signin': { summary: 'Who is signed in.', answer: contract.SigninState },
  'POST /v1/signin': {
    summary: 'Starts a device grant.',
    body: contract.StartSignin,
    answer: contract.SigninState,
    status: 202
  },
  'DELETE /v1/signin/pending': {
    summary: 'Gives up a pending sign-in.',
    answer: contract.SigninState
  },
  'POST /v1/signout': { summary: 'Forgets and revokes the tokens.', answer: contract.SigninState },
  'GET /v1/datasets': {
    summary: 'Finds datasets.',
    query: contract.DatasetQuery,
    answer: contract.DatasetPage
  },
  'GET /v1/datasets/item': {
    summary: 'One dataset.',
    query: contract.DatasetRef,
    answer: contract.Dataset
  },
  'GET /v1/datasets/files': {
    summary: 'Files of a dataset.',
    query: contract.DatasetFilesQuery,
    answer: contract.DatasetFilePage
  },
  'POST /v1/transfers/plan': {
    summary: 'Does it fit, and how long?',
    body: contract.StartTransfer,
    answer: contract.TransferPlan
  },
  'POST /v1/transfers/listing': {
    summary: 'The first files of a pull, for other programs.',
    body: contract.StartTransfer,
    answer: contract.TransferListing
  },
  'GET /v1/transfers': {
    summary: 'Transfers, newest first.',
    query: contract.PageQuery,
    answer: contract.TransferPage
  },
  'POST /v1/transfers': {
    summary: 'Starts a pull (Idempotency-Key).',
    body: contract.StartTransfer,
    answer: contract.Transfer,
    status: 202
  },
  'GET /v1/transfers/{id}': { summary: `A transfer.${id}`, answer: contract.Transfer },
  'GET /v1/transfers/{id}/files': {
    summary: 'Its files.',
    query: contract.PageQuery,
    answer: contract.TransferFilePage
  },
  'GET /v1/transfers/{id}/listing': {
    summary: 'Its first files, for other programs.',
    answer: contract.TransferListing
  },
  'POST /v1/transfers/{id}/cancel': { summary: 'Cancels.', answer: contract.Transfer },
  'POST /v1/transfers/{id}/retry': {
    summary: 'Tries what failed again.',
    answer: contract.Transfer
  },
  'POST /v1/transfers/{id}/verify': {
    summary: 'Hashes the files on disk again.',
    answer: contract.Transfer
  },
  'DELETE /v1/transfers/{id}': {
    summary: 'Forgets a finished transfer; the files stay.',
    status: 204
  },
  'GET /v1/images': {
    summary: 'Images of the repositories.',
    query: contract.ImageQuery,
    answer: contract.ImagePage
  },
  'GET /v1/images/detail': {
    summary: 'What is known about one image.',
    query: contract.ImageRef,
    answer: contract.ImageDetail
  },
  'GET /v1/accelerators': {
    summary: 'GPUs by type and partition.',
    answer: contract.AcceleratorList
  },
  'GET /v1/jobs': {
    summary: 'Jobs, newest first.',
    query: contract.PageQuery,
    answer: contract.JobPage
  },
  'POST /v1/jobs/preview': {
    summary: 'The exact script, and findings.',
    body: contract.JobRequest,
    answer: contract.JobPreview
  },
  'POST /v1/jobs': {
    summary: 'Submits (Idempotency-Key).',
    body: contract.JobRequest,
    answer: contract.Job,
    status: 202
  },
  'GET /v1/jobs/partitions': {
    summary: 'Partitions and their limits.',
    answer: contract.PartitionList
  },
  'GET /v1/jobs/{id}': { summary: `A job.${id}`, answer: contract.JobDetail },
  'GET /v1/jobs/{id}/log': {
    summary: 'Bytes of its log.',
    query: contract.JobLogQuery,
    answer: contract.JobLog
  },
  'POST /v1/jobs/{id}/cancel': { summary: 'Cancels, and reads back.', answer: contract.Job },
  'DELETE /v1/jobs/{id}': { summary: 'Forgets a finished job; its files stay.', status: 204 }
};

type Json = Record<string, unknown>;

function schemaOf(type: z.ZodType, io: 'input' | 'output'): Json {
  const { $schema: _dialect, ...schema } = z.toJSONSchema(type, {
    io,
    unrepresentable: 'any'
  }) as Json;
  return schema;
}

function operationOf(target: string, route: Route): Json {
  const inPath = [...target.matchAll(/\{(\w+)\}/g)].map(([, name]) => ({
    name,
    in: 'path',
    required: true,
    schema: { type: 'string' }
  }));
  const query = route.query === undefined ? {} : schemaOf(route.query, 'input');
  const required = (query['required'] ?? []) as string[];
  const inQuery = Object.entries((query['properties'] ?? {}) as Json).map(([name, schema]) => ({
    name,
    in: 'query',
    required: required.includes(name),
    schema
  }));
  const answer =
    route.answer === undefined
      ? {}
      : { content: { 'application/json': { schema: schemaOf(route.answer, 'output') } } };
  return {
    summary: route.summary,
    parameters: [...inPath, ...inQuery],
    ...(route.body === undefined
      ? {}
      : {
          requestBody: {
            required: true,
            content: { 'application/json': { schema: schemaOf(route.body, 'input') } }
          }
        }),
    responses: {
      [String(route.status ?? 200)]: { description: route.summary, ...answer },
      default: {
        description: 'A problem (RFC 9457).',
        content: { 'application/problem+json': { schema: schemaOf(contract.Problem, 'output') } }
      }
    }
  };
}

function openApi(): string {
  const paths: Record<string, Json> = {};
  for (const [name, route] of Object.entries(routes)) {
    const [method = '', target = ''] = name.split(' ');
    paths[target] = { ...paths[target], [method.toLowerCase()]: operationOf(target, route) };
  }
  return `${JSON.stringify(
    {
      openapi: '3.1.0',
      info: {
        title: 'jupyterlab-panosc companion',
        version: String(contract.CONTRACT),
        description:
          'In the browser below <base_url>panosc; on the companion’s socket as it is here.'
      },
      paths
    },
    null,
    1
  )}\n`;
}

const documents: Readonly<Record<string, string>> = {
  'docs/problems.md': problemTable(),
  'docs/openapi.json': openApi(),
  'docs/admin/config-reference.md': configReference(root),
  'docs/admin/profile-reference.md': profileReference(),
  'docs/admin/profile-schema.json': profileSchema()
};

let isStale = false;
for (const [name, content] of Object.entries(documents)) {
  const file = path.join(root, name);
  if (process.argv.includes('--check')) {
    if (!existsSync(file) || readFileSync(file, 'utf8') !== content) {
      process.stderr.write(`${name} is stale: run node scripts/generate-docs.ts\n`);
      isStale = true;
    }
  } else {
    writeFileSync(file, content);
  }
}
process.exitCode = isStale ? 1 : 0;
