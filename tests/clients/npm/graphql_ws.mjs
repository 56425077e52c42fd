// The client graphql-ws: a subscription while check-ins arrive, reconnection, and the close codes of the protocol.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { CloseCode, createClient, GRAPHQL_TRANSPORT_WS_PROTOCOL } from 'graphql-ws';
import WebSocket from 'ws';

import { FOLLOW, figures, following, openDoor, pass } from './support/door.mjs';
import { account, signIn, socketUrl } from './support/server.mjs';

let headers;
const opened = [];

before(async () => {
  headers = await signIn();
});

after(async () => {
  await Promise.all(opened.map((client) => client.dispose()));
});

/** Opens a client with a socket of its own, which tells on the way what happens. */
function open(options = {}) {
  const client = createClient({
    url: socketUrl,
    webSocketImpl: WebSocket,
    connectionParams: { Authorization: headers.authorization },
    retryAttempts: 0,
    ...options,
  });
  opened.push(client);
  return client;
}

/** Asks one thing and returns all that is answered. */
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

test('a query and a mutation are answered once and are complete', async () => {
  const client = open();
  const { email } = account();
  const asked = await answers(client, { query: '{ me { email } }' });
  assert.deepEqual(json(asked).map(({ data }) => data), [{ me: { email } }]);
  const query = 'mutation { updatePartner(input: { id: "wrong" }) { errors { code path } } }';
  const turnedDown = { updatePartner: { errors: [{ code: 'INVALID_INPUT', path: ['id'] }] } };
  assert.deepEqual(json(await answers(client, { query })).map(({ data }) => data), [turnedDown]);
});

test('a document that breaks the rules is an error, and the socket goes on', async () => {
  const client = open();
  await assert.rejects(answers(client, { query: '{ cow }' }), (errors) => {
    assert.equal(errors[0].extensions.code, 'GRAPHQL_VALIDATION_FAILED');
    return true;
  });
  await assert.rejects(answers(client, { query: '{ me {' }), ([{ extensions }]) => {
    return extensions.code === 'GRAPHQL_PARSE_FAILED';
  });
  assert.equal((await answers(client, { query: '{ __typename }' })).length, 1);
});

test('an error while a query runs comes with its data', async () => {
  const [answer] = json(await answers(open(), { query: '{ event(id: "wrong") { id } __typename }' }));
  assert.deepEqual(answer.data, { event: null, __typename: 'Query' });
  const [{ path, extensions }, ...more] = answer.errors;
  assert.deepEqual([path, extensions.code, more], [['event'], 'BAD_USER_INPUT', []]);
});

test('many questions at once are each answered under their own id', async () => {
  const client = open();
  const names = Array.from({ length: 20 }, (_, index) => `a${index}`);
  const all = await Promise.all(names.map((name) => answers(client, { query: `{ ${name}: __typename }` })));
  assert.deepEqual(json(all).map(([answer]) => Object.keys(answer.data)), names.map((name) => [name]));
});

test('one who follows goes on after the connection broke', async () => {
  const door = await openDoor(headers);
  const sockets = [];
  const on = { opened: (socket) => sockets.push(socket) };
  const client = open({ retryAttempts: 5, retryWait: async () => {}, shouldRetry: () => true, on });
  const told = client.iterate({ query: FOLLOW, variables: { id: door.eventId } });
  const next = following(told);
  assert.equal((await next()).attended, 0);
  await pass(door, 'IN', headers);
  assert.equal((await next()).attended, 1);
  sockets[0].terminate();
  const again = await next();
  assert.deepEqual([again.change, again.attended, sockets.length], ['CURRENT', 1, 2]);
  await pass(door, 'OUT', headers);
  assert.equal((await next()).inside, 0);
  await told.return();
});

test('a ping is answered', async () => {
  await new Promise((resolve) => {
    open({ lazy: false, keepAlive: 20, on: { pong: (received) => received && resolve() } });
  });
});

test('who has not signed in follows nothing, and is told so', async () => {
  const { eventId } = await openDoor(headers);
  const stranger = open({ connectionParams: {} });
  await assert.rejects(answers(stranger, { query: FOLLOW, variables: { id: eventId } }), (errors) => {
    assert.deepEqual(errors.map(({ extensions }) => extensions.code), ['UNAUTHENTICATED']);
    return true;
  });
});

const init = { type: 'connection_init' };
const subscribe = { type: 'subscribe', payload: { query: '{ __typename }' } };
const follow = (id) => ({ type: 'subscribe', id, payload: { query: FOLLOW, variables: { id: 'x' } } });

for (const [title, code, ...messages] of [
  ['a subscription before the init', CloseCode.Unauthorized, follow('1')],
  ['two inits', CloseCode.TooManyInitialisationRequests, init, init],
  ['a token that is none', CloseCode.Forbidden, { ...init, payload: { Authorization: 'Bearer nonsense' } }],
  ['no init in time', CloseCode.ConnectionInitialisationTimeout],
  ['a message that is no JSON', CloseCode.BadRequest, 'nonsense'],
  ['a message of no type', CloseCode.BadRequest, { id: '1' }],
  ['a message of an unknown type', CloseCode.BadRequest, { ...subscribe, id: '1', type: 'start' }],
  ['a subscription without an id', CloseCode.BadRequest, init, subscribe],
  ['a subscription without a query', CloseCode.BadRequest, init, { ...subscribe, id: '1', payload: {} }],
]) {
  test(`${title} closes with ${code}`, async () => {
    assert.equal(await closeCode(GRAPHQL_TRANSPORT_WS_PROTOCOL, messages), code);
  });
}

test(`the same id again closes with ${CloseCode.SubscriberAlreadyExists}`, async () => {
  const door = await openDoor(headers);
  const subscribe = { type: 'subscribe', id: '1', payload: { query: FOLLOW, variables: { id: door.eventId } } };
  const admitted = { ...init, payload: { Authorization: headers.authorization } };
  const code = await closeCode(GRAPHQL_TRANSPORT_WS_PROTOCOL, [admitted, subscribe, subscribe]);
  assert.equal(code, CloseCode.SubscriberAlreadyExists);
});

test(`a socket of no protocol closes with ${CloseCode.SubprotocolNotAcceptable}`, async () => {
  assert.equal(await closeCode([], []), CloseCode.SubprotocolNotAcceptable);
});

test('a protocol of the past is not taken up', async () => {
  await assert.rejects(closeCode('graphql-ws', []), /no subprotocol/);
});

/** Opens a socket, says the messages, and returns with which code the server closes it. */
function closeCode(protocol, messages) {
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(socketUrl, protocol);
    socket.on('open', () => {
      for (const message of messages) socket.send(typeof message === 'string' ? message : JSON.stringify(message));
    });
    socket.on('close', resolve);
    socket.on('error', reject);
  });
}

/** Returns what JSON makes of a value: the client's objects are of no class. */
function json(value) {
  return JSON.parse(JSON.stringify(value));
}
