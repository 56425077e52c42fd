// Apollo Client: persisted queries by GET, its normalised cache, mutations, and a subscription over WebSocket.

import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { after, before, beforeEach, test } from 'node:test';

import { ApolloClient, ApolloLink, CombinedGraphQLErrors, HttpLink, InMemoryCache, gql } from '@apollo/client';
import { PersistedQueryLink } from '@apollo/client/link/persisted-queries';
import { GraphQLWsLink } from '@apollo/client/link/subscriptions';
import { OperationTypeNode } from 'graphql';
import { createClient } from 'graphql-ws';
import WebSocket from 'ws';

import { FOLLOW, figures, isOfBefore, openDoor, pass } from './support/door.mjs';
import { account, data, signIn, socketUrl, url } from './support/server.mjs';

const possibleTypes = { Node: ['Event', 'Partner', 'Program'] };

let headers;
let socket;
let client;
/** What went over HTTP: the method and the parameters of each request. */
let sent = [];

before(async () => {
  headers = await signIn();
  const connectionParams = { Authorization: headers.authorization };
  socket = createClient({ url: socketUrl, webSocketImpl: WebSocket, connectionParams });
});

after(() => socket.dispose());

beforeEach(() => {
  sent = [];
  client = open();
});

/** Opens a client with an empty cache; it knows of no query that the server knows. */
function open() {
  const http = new HttpLink({
    uri: url,
    headers,
    fetch: async (input, init) => {
      const { method, body } = init;
      const parameters = method === 'GET' ? Object.fromEntries(new URL(input).searchParams) : JSON.parse(body);
      sent.push({ method, url: String(input), hasQuery: parameters.query !== undefined });
      return fetch(input, init);
    },
  });
  const persisted = new PersistedQueryLink({
    sha256: (text) => createHash('sha256').update(text).digest('hex'),
    useGETForHashedQueries: true,
  });
  const link = ApolloLink.split(
    ({ operationType }) => operationType === OperationTypeNode.SUBSCRIPTION,
    new GraphQLWsLink(socket),
    persisted.concat(http),
  );
  return new ApolloClient({ link, cache: new InMemoryCache({ possibleTypes }), devtools: { enabled: false } });
}

const ways = () => sent.map(({ method, hasQuery }) => `${method} ${hasQuery ? 'query' : 'hash'}`);

/** A query that no run and no other test has sent: its alias is new. */
function fresh(selection) {
  const alias = `q${createHash('sha256').update(String(process.hrtime.bigint())).digest('hex').slice(0, 12)}`;
  return { alias, query: gql(`query Fresh { ${alias}: ${selection} }`) };
}

test('a query is sent in full once, and by its hash from then on', async () => {
  const { alias, query } = fresh('me { id email }');
  const first = await client.query({ query });
  assert.equal(first.data[alias].email, account().email);
  assert.deepEqual(ways(), ['GET hash', 'POST query']);
  const again = await client.query({ query, fetchPolicy: 'network-only' });
  assert.deepEqual(again.data, first.data);
  assert.deepEqual(ways(), ['GET hash', 'POST query', 'GET hash']);
});

test('a hash that one client made known serves the others', async () => {
  const { query } = fresh('events(first: 1) { nodes { id title } }');
  const first = await client.query({ query });
  sent = [];
  assert.deepEqual((await open().query({ query })).data, first.data);
  assert.deepEqual(ways(), ['GET hash']);
});

test('variables go with the hash', async () => {
  const query = gql`query ByCountry($country: CountryCode!, $first: Int = 1) {
    events(where: { country: { eq: $country } }, first: $first) { nodes { id country } }
  }`;
  for (const country of ['KZ', 'UZ', 'KZ']) {
    const { data } = await client.query({ query, variables: { country }, fetchPolicy: 'no-cache' });
    assert.deepEqual(data.events.nodes.map((event) => event.country), [country]);
  }
  assert.deepEqual(ways().slice(-2), ['GET hash', 'GET hash']);
});

test('a hash that has an answer has a tag, and the tag saves the answer', async () => {
  const { query } = fresh('territories(where: { code: "UZ-JI" }) { nodes { id code } }');
  await client.query({ query });
  await client.query({ query, fetchPolicy: 'network-only' });
  const { url: address } = sent.at(-1);
  const answer = await fetch(address, { headers });
  const tag = answer.headers.get('etag');
  assert.ok(tag, 'the answer has no ETag');
  await answer.text();
  const again = await fetch(address, { headers: { ...headers, 'if-none-match': tag } });
  assert.equal(again.status, 304);
});

test('a hash is not taken for another query', async () => {
  const sha256Hash = createHash('sha256').update('{ __typename }').digest('hex');
  const extensions = { persistedQuery: { version: 1, sha256Hash } };
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query: '{ me { id } }', extensions }),
  });
  const answer = await response.json();
  assert.equal(response.status, 400);
  assert.ok(!('data' in answer) && answer.errors.length > 0, JSON.stringify(answer));
});

test('one record has one place in the cache, whatever query brought it', async () => {
  const { data: list } = await client.query({ query: gql`{ events(first: 1) { nodes { id kind } } }` });
  const [{ id }] = list.events.nodes;
  await client.query({ query: gql`query Title($id: ID!) { event(id: $id) { id title } }`, variables: { id } });
  await client.query({
    query: gql`query Status($id: ID!) { node(id: $id) { id ... on Event { status dates { edtf } } } }`,
    variables: { id },
  });
  const { title, kind, status, dates } = client.cache.extract()[`Event:${id}`];
  assert.ok(title && kind && status && dates.edtf);
});

test('a page after a page, with the cursor of the first', async () => {
  const query = gql`query Page($after: String) {
    events(first: 2, after: $after) { edges { cursor node { id } } pageInfo { hasNextPage endCursor } }
  }`;
  const { data: first } = await client.query({ query });
  const { data: second } = await client.query({ query, variables: { after: first.events.pageInfo.endCursor } });
  const ids = [...first.events.edges, ...second.events.edges].map(({ node }) => node.id);
  assert.equal(new Set(ids).size, 4);
});

test('a mutation goes by POST and renews the cache', async () => {
  const made = await data({
    query: `mutation { createPartner(input: {
      kind: ACADEMY, country: "UZ", names: { text: "Academy of caches", language: "en" }
    }) { partner { id } } }`,
  }, headers);
  const { id } = made.createPartner.partner;
  const query = gql`query Note($id: ID!) { partner(id: $id) { id note } }`;
  assert.equal((await client.query({ query, variables: { id } })).data.partner.note, null);
  sent = [];
  await client.mutate({
    mutation: gql`mutation Note($input: UpdatePartnerInput!) {
      updatePartner(input: $input) { partner { id note version } errors { code message } }
    }`,
    variables: { input: { id, note: 'Renewed' } },
  });
  assert.ok(sent.every(({ method }) => method === 'POST'), JSON.stringify(sent));
  const { data: kept } = await client.query({ query, variables: { id }, fetchPolicy: 'cache-only' });
  assert.equal(kept.partner.note, 'Renewed');
});

test('an error keeps its code, its path and the rest of the data', async () => {
  const query = gql`{ event(id: "wrong") { id } me { id email } }`;
  const { data, error } = await client.query({ query, errorPolicy: 'all' });
  assert.ok(CombinedGraphQLErrors.is(error));
  const [{ path, extensions }, ...more] = error.errors;
  assert.deepEqual([path, extensions.code, more], [['event'], 'BAD_USER_INPUT', []]);
  assert.equal(data.me.email, account().email);
});

test('a subscription tells of a check-in', async () => {
  const door = await openDoor(headers);
  const told = await new Promise((resolve, reject) => {
    const seen = [];
    const following = client.subscribe({ query: gql(FOLLOW), variables: { id: door.eventId } });
    const subscription = following.subscribe({
      error: reject,
      next: ({ data, error }) => {
        if (error) return reject(error);
        if (isOfBefore(data.eventAttendance)) return undefined;
        seen.push(plain(data.eventAttendance));
        if (seen.length === 1) return pass(door, 'IN', headers).catch(reject);
        subscription.unsubscribe();
        return resolve(seen);
      },
    });
  });
  const expected = figures(door);
  assert.deepEqual(told, [expected.current, expected.in]);
});

/** Returns a value without the names of types that the client asks for besides. */
function plain(value) {
  return JSON.parse(JSON.stringify(value, (key, part) => (key === '__typename' ? undefined : part)));
}
