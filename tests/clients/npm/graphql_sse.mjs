// The client graphql-sse in its mode of distinct connections: a subscription for networks that block WebSocket.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { createClient } from 'graphql-sse';

import { FOLLOW, figures, following, openDoor, pass } from './support/door.mjs';
import { account, signIn, url } from './support/server.mjs';

let headers;
const opened = [];

before(async () => {
  headers = await signIn();
});

after(() => {
  for (const client of opened) client.dispose();
});

function open(options = {}) {
  const client = createClient({ url, headers, singleConnection: false, retryAttempts: 0, ...options });
  opened.push(client);
  return client;
}

async function answers(client, request) {
  const all = [];
  for await (const answer of client.iterate(request)) all.push(answer);
  return all;
}

test('a check-in reaches the one who follows', async () => {
  const door = await openDoor(headers);
  const told = open().iterate({ query: FOLLOW, variables: { id: door.eventId } });
  const next = following(told);
  const expected = figures(door);
  assert.deepEqual(await next(), expected.current);
  await pass(door, 'IN', headers);
  assert.deepEqual(await next(), expected.in);
  await pass(door, 'OUT', headers);
  assert.deepEqual(await next(), expected.out);
  assert.equal((await told.return()).done, true);
});

test('a query is answered once and is complete', async () => {
  const all = await answers(open(), { query: '{ me { email } }' });
  assert.deepEqual(all.map(({ data }) => data), [{ me: { email: account().email } }]);
});

test('two follow two events at once', async () => {
  const client = open();
  const doors = [await openDoor(headers), await openDoor(headers)];
  const told = doors.map((door) => client.iterate({ query: FOLLOW, variables: { id: door.eventId } }));
  const [nextOfOne, nextOfOther] = told.map(following);
  for (const next of [nextOfOne, nextOfOther]) assert.equal((await next()).change, 'CURRENT');
  await pass(doors[1], 'IN', headers);
  assert.equal((await nextOfOther()).registration.id, doors[1].registrationId);
  await pass(doors[0], 'IN', headers);
  assert.equal((await nextOfOne()).registration.id, doors[0].registrationId);
  for (const one of told) await one.return();
});

test('one who follows goes on after the connection broke', async () => {
  const door = await openDoor(headers);
  const breaks = [];
  const client = open({
    retryAttempts: 5,
    retry: async () => {},
    fetchFn: (input, init) => {
      const breaking = new AbortController();
      breaks.push(breaking);
      return fetch(input, init).then((response) => breakable(response, breaking.signal));
    },
  });
  const told = client.iterate({ query: FOLLOW, variables: { id: door.eventId } });
  const next = following(told);
  assert.equal((await next()).attended, 0);
  await pass(door, 'IN', headers);
  assert.equal((await next()).attended, 1);
  breaks[0].abort();
  const again = await next();
  assert.deepEqual([again.change, again.attended, breaks.length], ['CURRENT', 1, 2]);
  await told.return();
});

test('a document that breaks the rules is answered with its errors, and is complete', async () => {
  const all = await answers(open(), { query: '{ cow }' });
  assert.deepEqual(all.map(({ data, errors }) => [data, errors.map(({ extensions }) => extensions.code)]), [
    [undefined, ['GRAPHQL_VALIDATION_FAILED']],
  ]);
});

test('who has not signed in follows nothing, and is told so', async () => {
  const { eventId } = await openDoor(headers);
  const [answer, ...more] = await answers(open({ headers: {} }), { query: FOLLOW, variables: { id: eventId } });
  assert.deepEqual([answer.errors.map(({ extensions }) => extensions.code), more], [['UNAUTHENTICATED'], []]);
});

/** Lets the stream of a response end as it does when the network is gone. */
function breakable(response, signal) {
  const reader = response.body.getReader();
  const gone = new Promise((_, reject) => {
    signal.addEventListener('abort', () => reject(new TypeError('the network is gone')));
  });
  gone.catch(() => reader.cancel());
  const body = new ReadableStream({
    async pull(controller) {
      const { done, value } = await Promise.race([reader.read(), gone]);
      if (done) controller.close();
      else controller.enqueue(value);
    },
    cancel: (reason) => reader.cancel(reason),
  });
  return new Response(body, response);
}
