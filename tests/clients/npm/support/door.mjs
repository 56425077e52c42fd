// An event that takes check-ins, with a guest, and the check-in itself: what the tests of subscriptions follow.

import { randomUUID } from 'node:crypto';

import { data } from './server.mjs';

/** Opens an event with one registered guest, and returns the ids of both. */
export async function openDoor(headers) {
  const eventId = await mutate('createEvent', 'event', {
    kind: 'TRAINING',
    names: [{ text: 'Training of door keepers', language: 'en' }],
    dates: { edtf: '2026-12-01' },
  }, headers);
  for (const step of ['PLAN', 'OPEN']) await mutate('advanceEvent', 'event', { id: eventId, step }, headers);
  const person = { names: [{ asWritten: 'Anna Guest', family: 'Guest', given: 'Anna', language: 'en' }] };
  const input = { eventId, participant: { new: person } };
  return { eventId, registrationId: await mutate('registerParticipant', 'registration', input, headers) };
}

/** Lets the guest in, or out. */
export async function pass({ registrationId }, direction, headers) {
  await mutate('checkIn', 'registration', { registrationId, direction, scanId: randomUUID() }, headers);
}

/** The subscription that follows the figures of an event. */
export const FOLLOW = `subscription Follow($id: ID!) {
  eventAttendance(eventId: $id) { change expected attended inside registration { id } }
}`;

/** What is told after the figures as they are, though they have it already: that the guest was registered before. */
export const isOfBefore = ({ change }) => change === 'REGISTERED';

/** Returns what gives the next figures that a follower is told. */
export function following(told) {
  return async () => {
    for (;;) {
      const figures = (await told.next()).value.data.eventAttendance;
      if (!isOfBefore(figures)) return { ...figures };
    }
  };
}

/** What a follower is told of an event with one guest, in turn. */
export const figures = ({ registrationId }) => {
  const registration = { id: registrationId };
  return {
    current: { change: 'CURRENT', expected: 1, attended: 0, inside: 0, registration: null },
    in: { change: 'CHECKED_IN', expected: 1, attended: 1, inside: 1, registration },
    out: { change: 'CHECKED_IN', expected: 1, attended: 1, inside: 0, registration },
  };
};

async function mutate(name, result, input, headers) {
  const type = `${name[0].toUpperCase()}${name.slice(1)}Input`;
  const query = `mutation M($input: ${type}!) {
    ${name}(input: $input) { ${result} { id } errors { code message path } }
  }`;
  const payload = (await data({ query, variables: { input } }, headers))[name];
  if (payload.errors.length > 0) throw new Error(`${name}: ${JSON.stringify(payload.errors)}`);
  return payload[result].id;
}
