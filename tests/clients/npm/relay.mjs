// Relay: its compiler takes queries with `@connection` and `@refetchable` against schema.graphql, and its runtime
// pages through what the server answers, as `loadNext` and `refetch` do.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { before, test } from 'node:test';

import runtime from 'relay-runtime';

import { scalars } from './support/scalars.mjs';
import { ask, data, schemaText, signIn } from './support/server.mjs';

const {
  Environment, Network, RecordSource, Store, createOperationDescriptor, fetchQuery, getPaginationMetadata,
  getPaginationVariables, getRefetchMetadata, getSelector,
} = runtime;

const ARTIFACTS = 'relay/artifacts';

/** The artifacts are modules for a bundler; without one, Node takes them by `require`. */
const require = createRequire(import.meta.url);

const config = {
  src: 'relay/src',
  schema: 'relay/schema.graphql',
  artifactDirectory: ARTIFACTS,
  language: 'javascript',
  eagerEsModules: false,
  noFutureProofEnums: true,
  customScalarTypes: scalars,
  schemaConfig: { nodeInterfaceIdField: 'id' },
};

let headers;
let asked;
let environment;

before(async () => {
  headers = await signIn();
  rmSync(ARTIFACTS, { recursive: true, force: true });
  mkdirSync(ARTIFACTS, { recursive: true });
  writeFileSync(`${ARTIFACTS}/package.json`, JSON.stringify({ type: 'commonjs' }));
  writeFileSync('relay/schema.graphql', schemaText);
  writeFileSync('relay/relay.config.json', JSON.stringify(config));
});

test('the compiler takes the documents without a warning', () => {
  const compiler = 'node_modules/.bin/relay-compiler';
  const { status, stdout, stderr } = spawnSync(compiler, ['relay/relay.config.json'], { encoding: 'utf8' });
  assert.equal(status, 0, `${stdout}${stderr}`);
  assert.doesNotMatch(`${stdout}${stderr}`, /warn|error/i);
  const made = readdirSync(ARTIFACTS).filter((file) => file.endsWith('Query.graphql.js'));
  assert.deepEqual(made.sort(), [
    'EventsPaginationQuery.graphql.js', 'EventsPartnerRefetchQuery.graphql.js', 'EventsQuery.graphql.js',
    'TerritoryChildrenPaginationQuery.graphql.js', 'TerritoryQuery.graphql.js',
  ]);
});

test('a list pages from the root, page after page', async () => {
  open();
  const fragment = artifact('Events_list');
  const root = await load('EventsQuery', { where: { country: { eq: 'KZ' } } });
  const pages = [titles(read(fragment, root))];
  while (read(fragment, root).events.pageInfo.hasNextPage) {
    await turn(fragment, root, 3);
    pages.push(titles(read(fragment, root)));
  }
  assert.deepEqual(pages.map((page) => page.length), [2, 5, 7]);
  assert.deepEqual(pages[0], pages[2].slice(0, 2));
  assert.equal(read(fragment, root).events.totalCount, 7);
  assert.ok(asked.slice(1).every(({ cursor }) => typeof cursor === 'string'), 'a page was asked for without a cursor');
});

test('a list pages from a record, which is found by its global id', async () => {
  open();
  const fragment = artifact('Territory_children');
  const { territories } = await data({ query: '{ territories(where: { code: "UZ" }) { nodes { id } } }' }, headers);
  const [{ id }] = territories.nodes;
  const territory = (await load('TerritoryQuery', { id })).territory;
  assert.equal(read(fragment, territory).children.edges.length, 5);
  await turn(fragment, territory, 4);
  const codes = read(fragment, territory).children.edges.map(({ node }) => node.code);
  assert.deepEqual([codes.length, new Set(codes).size], [9, 9]);
  assert.equal(asked.at(-1).id, id);
});

test('a record is fetched anew by its global id', async () => {
  open();
  const partner = artifact('Events_partner');
  const query = '{ partners(where: { named: "Election Commission of India" }) { nodes { id } } }';
  const { partners } = await data({ query }, headers);
  const [{ id }] = partners.nodes;
  const { refetchableRequest, identifierInfo } = getRefetchMetadata(partner, 'refetch');
  const variables = { [identifierInfo.identifierQueryVariableName]: id };
  const { node } = await fetchQuery(environment, refetchableRequest, variables).toPromise();
  const { name, country } = read(partner, node);
  assert.deepEqual({ name, country }, { name: 'Election Commission of India', country: 'IN' });
});

/** Opens an environment with an empty store. */
function open() {
  asked = [];
  const network = Network.create(async ({ text }, variables) => {
    asked.push(variables);
    return ask({ query: text, variables }, { ...headers, 'accept-language': 'en' });
  });
  environment = new Environment({ network, store: new Store(new RecordSource()) });
}

function artifact(name) {
  return require(`./${ARTIFACTS}/${name}.graphql.js`);
}

/** Runs a query, and keeps what it brought from being swept from the store. */
async function load(name, variables) {
  const request = artifact(name);
  const root = await fetchQuery(environment, request, variables).toPromise();
  environment.retain(createOperationDescriptor(request, variables));
  return root;
}

/** Reads a fragment from the store, as a component would. */
function read(fragment, owner) {
  return environment.lookup(getSelector(fragment, owner)).data;
}

/** Loads the next page, as `loadNext` does. */
async function turn(fragment, owner, count) {
  const { paginationRequest, paginationMetadata, connectionPathInFragmentData, identifierInfo } =
    getPaginationMetadata(fragment, 'turn');
  const selector = getSelector(fragment, owner);
  const connection = connectionPathInFragmentData.reduce((value, key) => value[key], read(fragment, owner));
  const known = { ...selector.owner.variables, ...selector.variables };
  const variables = getPaginationVariables('forward', count, connection.pageInfo.endCursor, known, {}, paginationMetadata);
  if (identifierInfo) variables[identifierInfo.identifierQueryVariableName] = selector.dataID;
  await fetchQuery(environment, paginationRequest, variables).toPromise();
}

function titles({ events }) {
  return events.edges.map(({ node }) => node.id);
}
