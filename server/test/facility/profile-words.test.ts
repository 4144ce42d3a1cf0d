import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { parse } from 'yaml';
import * as z from 'zod';
import { Profile } from '../../src/facility/profile.ts';

interface Schema {
  readonly description?: string;
  readonly examples?: readonly unknown[];
  readonly anyOf?: readonly Schema[];
  readonly items?: Schema;
  readonly properties?: Readonly<Record<string, Schema>>;
}

/** Every key of a schema and of what is inside it, with its place. */
function keysOf(schema: Schema, place = ''): [string, Schema][] {
  return [
    ...Object.entries(schema.properties ?? {}).flatMap(([key, value]): [string, Schema][] => [
      [`${place}${key}`, value],
      ...keysOf(value, `${place}${key}.`)
    ]),
    ...(schema.items === undefined ? [] : keysOf(schema.items, place)),
    ...(schema.anyOf ?? []).flatMap(inner => keysOf(inner, place))
  ];
}

test('every key of a profile says in one sentence what it means, and shows an example', () => {
  const keys = keysOf(z.toJSONSchema(Profile, { io: 'input' }) as Schema);
  assert.ok(keys.length > 40, String(keys.length));
  for (const [place, schema] of keys) {
    assert.match(schema.description ?? '', /^[A-Z`].*[^.]\.$/, place);
    const inner = keysOf(schema);
    if (inner.length === 0) {
      assert.ok((schema.examples ?? []).length > 0, `${place} has no example`);
    }
  }
});

test('the examples are what the schema takes', () => {
  const schema = z.toJSONSchema(Profile, { io: 'input' }) as Schema;
  const built = (from: Schema): unknown => {
    if (from.properties !== undefined) {
      return Object.fromEntries(
        Object.entries(from.properties).map(([key, value]) => [key, built(value)])
      );
    }
    return from.examples?.[0] ?? (from.items === undefined ? undefined : [built(from.items)]);
  };
  const { error } = Profile.safeParse(built(schema));
  assert.equal(error, undefined);
});

test('the profile in the guide for administrators is one', () => {
  const guide = readFileSync(
    path.resolve(import.meta.dirname, '../../../docs/admin/profile.md'),
    'utf8'
  );
  const { error } = Profile.safeParse(parse(/```yaml\n(.*?)```/s.exec(guide)?.[1] ?? ''));
  assert.equal(error, undefined);
});
