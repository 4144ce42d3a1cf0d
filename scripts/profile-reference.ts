import * as z from 'zod';
import { Profile } from '../server/src/facility/profile.ts';

interface Schema {
  readonly type?: string | readonly string[];
  readonly description?: string;
  readonly examples?: readonly unknown[];
  readonly default?: unknown;
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly format?: string;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly anyOf?: readonly Schema[];
  readonly items?: Schema;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
}

const code = (value: unknown): string => `\`${JSON.stringify(value)}\``;

function kindOf(schema: Schema): string {
  if (schema.const !== undefined) {
    return code(schema.const);
  }
  if (schema.enum !== undefined) {
    return schema.enum.map(code).join(' or ');
  }
  if (schema.anyOf !== undefined) {
    return schema.anyOf.map(kindOf).join(' or ');
  }
  if (schema.items !== undefined) {
    return schema.items.properties === undefined ? `list of ${kindOf(schema.items)}` : 'list';
  }
  if (schema.format === 'uri') {
    return 'address';
  }
  if (schema.minimum !== undefined && schema.maximum === Number.MAX_SAFE_INTEGER) {
    return `${schema.minimum} or more`;
  }
  if (schema.minimum !== undefined && schema.maximum !== undefined) {
    return `${schema.minimum} to ${schema.maximum}`;
  }
  const kinds: Readonly<Record<string, string>> = {
    string: 'text',
    object: 'keys',
    null: '`null`'
  };
  return [schema.type ?? 'any']
    .flat()
    .map(kind => kinds[kind] ?? kind)
    .join(' or ');
}

function neededOf(schema: Schema, isRequired: boolean): string {
  if (isRequired) {
    return 'needed';
  }
  return schema.default === undefined ? 'may be left out' : code(schema.default);
}

/** The objects inside a schema, each with the name of its section. */
function sectionsOf(name: string, schema: Schema): [string, Schema][] {
  if (schema.properties !== undefined) {
    return [
      [name, schema],
      ...Object.entries(schema.properties).flatMap(([key, value]) =>
        sectionsOf(name === '' ? key : `${name}.${key}`, value)
      )
    ];
  }
  if (schema.items !== undefined) {
    return sectionsOf(`${name}[]`, schema.items);
  }
  return (schema.anyOf ?? []).flatMap(inner => sectionsOf(name, inner));
}

function exampleOf({ const: only, examples }: Schema): string {
  return only === undefined ? (examples ?? []).map(code).join(', ') : '';
}

function table(schema: Schema): string[] {
  const rows = Object.entries(schema.properties ?? {}).map(([key, value]) =>
    [
      `\`${key}\``,
      kindOf(value),
      neededOf(value, schema.required?.includes(key) === true),
      value.description ?? '',
      exampleOf(value)
    ]
      .map(cell => cell.replaceAll('|', '\\|'))
      .join(' | ')
  );
  return [
    '| key | kind | needed, or what it is when left out | meaning | example |',
    '| --- | --- | --- | --- | --- |',
    ...rows.map(row => `| ${row} |`)
  ];
}

/** One table for the document itself, headed by `whole`, and one for each object inside it. */
export function tablesOf(type: z.ZodType, whole: string): string[] {
  const schema = z.toJSONSchema(type, { io: 'input' }) as Schema;
  const descriptions = new Map(
    Object.entries(schema.properties ?? {}).map(([key, value]) => [key, value.description])
  );
  return sectionsOf('', schema).flatMap(([name, section]) => {
    const description = descriptions.get(name.replace(/\[\]$/, ''));
    return [
      name === '' ? `## ${whole}` : `## \`${name}\``,
      '',
      ...(description === undefined ? [] : [description, '']),
      ...table(section),
      ''
    ];
  });
}

/** docs/admin/profile-reference.md: every key of a profile, from the schema in code. */
export function profileReference(): string {
  return [
    '# Every key of a profile',
    '',
    'Made from `server/src/facility/`. How to write a profile: [profile.md](profile.md). The same for editors and machines: [profile-schema.json](profile-schema.json).',
    '',
    ...tablesOf(Profile, 'The file')
  ].join('\n');
}

/** docs/admin/profile-schema.json: what an editor checks a profile with. */
export function profileSchema(): string {
  return `${JSON.stringify(z.toJSONSchema(Profile, { io: 'input' }), null, 1)}\n`;
}
