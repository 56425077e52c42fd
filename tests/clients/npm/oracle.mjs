// graphql-js as an oracle: the same documents by the reference implementation and by the server, the answers equal
// to the byte order of keys. The reference's data is the server's own, read in the plainest way: oracle/reference.mjs.

import assert from 'node:assert/strict';
import { after, describe, test } from 'node:test';

import { buildClientSchema, getIntrospectionQuery, lexicographicSortSchema, printSchema } from 'graphql';

import { differences } from './oracle/compare.mjs';
import { damage } from './oracle/damage.mjs';
import { again } from './oracle/documents/again.mjs';
import { directives } from './oracle/documents/directives.mjs';
import { errors } from './oracle/documents/errors.mjs';
import { fields } from './oracle/documents/fields.mjs';
import { introspection } from './oracle/documents/introspection.mjs';
import { invalid, refused } from './oracle/documents/invalid.mjs';
import { malformed } from './oracle/documents/malformed.mjs';
import { mutations } from './oracle/documents/mutations.mjs';
import { variables } from './oracle/documents/variables.mjs';
import { generate } from './oracle/generate.mjs';
import { findKnown } from './oracle/known.mjs';
import { makeTwins, performer } from './oracle/mutate.mjs';
import { Reference, schema } from './oracle/reference.mjs';
import { alike, unlike } from './oracle/self.mjs';
import { shrink } from './oracle/shrink.mjs';
import { Socket } from './oracle/socket.mjs';
import { ask, data, signIn } from './support/server.mjs';

/** How many documents are made by chance, how many of others are damaged, and the seed of the first of each. */
const MADE = Number(process.env.ORACLE_MADE ?? 200);
const DAMAGED = Number(process.env.ORACLE_DAMAGED ?? 200);
const SEED = Number(process.env.ORACLE_SEED ?? 1);

const headers = await signIn();
const known = await findKnown(headers);
const reference = new Reference(headers);

const groups = { fields, directives, variables, again, errors, introspection, invalid, refused, malformed };

describe('the comparison itself', () => {
  for (const [title, expected, answer] of alike) {
    test(`${title}: agrees`, () => assert.deepEqual(differences(expected, answer), []));
  }
  for (const [title, expected, answer] of unlike) {
    test(`${title}: does not`, () => assert.notDeepEqual(differences(expected, answer), []));
  }
});

for (const [group, documents] of Object.entries(groups)) {
  describe(group, () => {
    for (const [title, query, variables, operationName] of documents(known)) {
      test(title, () => agree({ query, variables, operationName }));
    }
  });
}

describe('over a WebSocket the same is answered', () => {
  const socket = new Socket(headers);
  after(() => socket.close());
  for (const [group, documents] of Object.entries({ fields, directives, variables, errors, refused })) {
    for (const [title, query, variables, operationName] of documents(known)) {
      test(`${group}: ${title}`, async () => {
        const request = { query, variables, operationName };
        const [one, other] = [await ask(request, headers), await socket.ask(request)];
        assert.equal(JSON.stringify([other.data, other.errors]), JSON.stringify([one.data, one.errors]), query);
      });
    }
  }
});

describe('who has not signed in', () => {
  const [nobody, stranger] = [{}, new Reference({})];
  for (const [title, query, variables, operationName] of [...fields(known), ...directives(known)]) {
    test(title, () => agree({ query, variables, operationName }, nobody, stranger));
  }
});

describe('documents made by chance', () => {
  for (let seed = SEED; seed < SEED + MADE; seed += 1) {
    const { query, variables, others } = generate(seed, known);
    test(`made from ${seed}`, (context) => agreeWithinLimits({ query, variables }, context));
    // What the server keeps of a document must not keep it from reading other variables.
    for (const [index, variables] of others.entries()) {
      test(`made from ${seed}, asked again ${index}`, (context) => agreeWithinLimits({ query, variables }, context));
    }
  }
});

describe('documents with a damaged token', () => {
  for (let seed = SEED; seed < SEED + DAMAGED; seed += 1) {
    const { query, variables } = generate(~seed, known);
    test(`damaged from ${seed}`, (context) => agreeWithinLimits({ query: damage(seed, query), variables }, context));
  }
});

test('what the server says of its schema is schema.graphql', async () => {
  const query = getIntrospectionQuery({ specifiedByUrl: true, inputValueDeprecation: true, oneOf: true });
  const told = buildClientSchema(await data({ query }, headers));
  assert.equal(printSchema(lexicographicSortSchema(told)), printSchema(lexicographicSortSchema(schema)));
});

// Last: what the reference remembers of the server's data holds as long as nothing is written.
describe('mutations', () => {
  for (const [index, [title]] of mutations('').entries()) test(title, () => agreeOnTwins(index));
});

// The reference answers an empty list. Clients take null for it; when this fails, the departure is gone.
test('the interfaces of an interface are null', async () => {
  const { __type: type } = await data({ query: '{ __type(name: "UserError") { interfaces { name } } }' }, headers);
  assert.equal(type.interfaces, null);
});

/** Lets both answer and holds the answers against each other. */
async function agree(request, asker = headers, by = reference) {
  expectNone(differences(await by.answer(request), await ask(request, asker)), request);
}

/** The same, but for a document that is valid and that the server finds too costly: those must be few. */
async function agreeWithinLimits(request, context) {
  const disagree = async (query) => {
    const answer = await ask({ ...request, query }, headers);
    if (answer.errors?.[0].extensions?.code === 'COST_EXCEEDED') return undefined;
    return differences(await reference.answer({ ...request, query }), answer);
  };
  const found = await disagree(request.query);
  if (found === undefined) {
    tooCostly += 1;
    assert.ok(tooCostly <= (3 * MADE + DAMAGED) / 20, 'too many documents are too costly to be compared');
    context.diagnostic('too costly');
  } else if (found.length > 0) {
    const query = await shrink(request.query, async (smaller) => (await disagree(smaller))?.length > 0);
    expectNone((await disagree(query)) ?? found, { ...request, query });
  }
}

let tooCostly = 0;

/** Lets the server change one of two twins, and the reference the other. */
async function agreeOnTwins(index) {
  const [ours, theirs] = await makeTwins(headers);
  const request = (id) => {
    const [, query, variables, operationName] = mutations(id)[index];
    return { query, variables, operationName };
  };
  const answer = await ask(request(ours), headers);
  const expected = await new Reference(headers).answer(request(theirs), performer(headers));
  const [told, toldOfOther] = [await state(ours), await state(theirs)];
  expectNone(differences(named(expected, theirs, ours), answer), request(ours));
  assert.deepEqual(told, toldOfOther, 'the twins are not alike afterwards');
}

/** Puts one id in the place of another, whatever holds it. */
function named(expected, from, to) {
  if (expected.refusal) return expected;
  return JSON.parse(JSON.stringify(expected).replaceAll(from, to));
}

async function state(id) {
  return (await data({ query: `{ partner(id: "${id}") { note kind version names { text } } }` }, headers)).partner;
}

function expectNone(found, { query, variables }) {
  if (found.length > 0) assert.fail([...found, '', query, JSON.stringify(variables)].join('\n'));
}
