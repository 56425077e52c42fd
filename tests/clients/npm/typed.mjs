// A typed client by graphql-codegen and its client preset: it is generated, compiled under `--strict`, and run.

import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { before, test } from 'node:test';

import { preset } from '@graphql-codegen/client-preset';
import { codegen } from '@graphql-codegen/core';
import { buildSchema, parse } from 'graphql';

import { scalars } from './support/scalars.mjs';
import { schemaText, signIn } from './support/server.mjs';
import { compile, run } from './support/typescript.mjs';

const FOLDER = 'typed/generated/';

before(async () => {
  const program = readFileSync('typed/reach.ts', 'utf8');
  const documents = [...program.matchAll(/graphql\(`([^`]*)`\)/g)].map(([, text]) => {
    return { location: 'typed/reach.ts', rawSDL: text, document: parse(text) };
  });
  const outputs = await preset.buildGeneratesSection({
    baseOutputDir: FOLDER,
    schema: parse(schemaText),
    schemaAst: buildSchema(schemaText),
    documents,
    config: { scalars, strictScalars: true, enumsAsTypes: true, useTypeImports: true, importExtension: '.js' },
    presetConfig: {},
    plugins: [],
    pluginMap: {},
  });
  rmSync(FOLDER, { recursive: true, force: true });
  for (const output of outputs) {
    mkdirSync(dirname(output.filename), { recursive: true });
    writeFileSync(output.filename, await codegen(output));
  }
});

test('the program compiles and prints what the documents hold', async () => {
  const { authorization } = await signIn();
  const printed = run(compile('typed/reach.ts'), [], { AUTHORIZATION: authorization });
  assert.deepEqual(printed.trim().split('\n'), [
    'REFRESHER_COURSE PLANNED ?2021-05-24/?2021-05-?25 UZ-JI UZ 1',
    'TRAINING_OF_TRAINERS IN_PROGRESS ?2021-05-17/?2021-05-21 UZ-JI UZ 0',
    'Event: true',
    'INVALID_INPUT id',
  ]);
});

for (const [title, right, wrong] of [
  ['a field that was not asked for', 'event.dates.edtf', 'event.dates.earliest'],
  ['null that was not looked at', 'territory?.code', 'territory.code'],
  ['a value of no enum', "'REFRESHER_COURSE'", "'COW'"],
  ['a variable of another type', 'first: 5', "first: 'five'"],
  ['a missing variable', 'ask(Node, { id: first.id })', 'ask(Node, {})'],
]) {
  test(`${title} does not compile`, () => {
    const program = readFileSync('typed/reach.ts', 'utf8');
    assert.ok(program.includes(right), `the program does not say ${right}`);
    writeFileSync('typed/wrong.ts', program.replace(right, wrong));
    assert.throws(() => compile('typed/wrong.ts'), /error TS/);
  });
}
