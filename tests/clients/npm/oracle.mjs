// graphql-js as an oracle: the same documents by the reference implementation and by the server, the answers equal
// to the byte order of keys. The reference's data is the server's own, read in the plainest way: oracle/reference.mjs.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import { buildClientSchema, getIntrospectionQuery, lexicographicSortSchema, printSchema } from 'graphql';

import { differences } from './oracle/compare.mjs';
import { directives } from './oracle/documents/directives.mjs';
import { errors } from './oracle/documents/errors.mjs';
import { fields } from './oracle/documents/fields.mjs';
import { introspection } from './oracle/documents/introspection.mjs';
import { invalid, refused } from './oracle/documents/invalid.mjs';
import { malformed } from './oracle/documents/malformed.mjs';
import { variables } from './oracle/documents/variables.mjs';
import { findKnown } from './oracle/known.mjs';
import { Reference, schema } from './oracle/reference.mjs';
import { ask, data, signIn } from './support/server.mjs';

const headers = await signIn();
const known = await findKnown(headers);
const reference = new Reference(headers);

const groups = { fields, directives, variables, errors, introspection, invalid, refused, malformed };

for (const [group, documents] of Object.entries(groups)) {
  describe(group, () => {
    for (const [title, query, variables, operationName] of documents(known)) {
      test(title, () => agree({ query, variables, operationName }));
    }
  });
}

test('what the server says of its schema is schema.graphql', async () => {
  const query = getIntrospectionQuery({ specifiedByUrl: true, inputValueDeprecation: true, oneOf: true });
  const told = buildClientSchema(await data({ query }, headers));
  assert.equal(printSchema(lexicographicSortSchema(told)), printSchema(lexicographicSortSchema(schema)));
});

async function agree(request) {
  const expected = await reference.answer(request);
  const answer = await ask(request, headers);
  const found = differences(expected, answer);
  if (found.length > 0) assert.fail([request.query, JSON.stringify(request.variables), ...found].join('\n'));
}
