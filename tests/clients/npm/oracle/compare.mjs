// What makes two answers equal, and the words for where they are not.
//
// Data must agree to the byte, keys in order. A null must have its errors: one error explains it, and the places
// below are gone, so that of several errors that lead to the same null any may be told, but none that was not raised.

import { Refusal } from './reference.mjs';

/** Lists of introspection whose order says nothing; their names are those of the schema's own fields. */
const SETS_OF_INTROSPECTION = new Set([
  'types', 'fields', 'inputFields', 'enumValues', 'possibleTypes', 'interfaces', 'directives', 'locations',
]);

/** Returns the differences between the reference's answer and the server's, a line each; empty where none. */
export function differences(expected, answer) {
  if (expected.refusal instanceof Refusal) return ofRefusals(expected.refusal, answer);
  const found = [];
  if (isRefusedForNull(expected, answer)) return [];
  if (!('data' in answer)) return [`expected data, got a request error: ${brief(answer.errors)}`];
  const [wanted, given] = [JSON.stringify(comparable(expected.data)), JSON.stringify(comparable(answer.data))];
  if (wanted !== given) found.push(`expected data ${around(wanted, given)}`, `got data      ${around(given, wanted)}`);
  return [...found, ...ofErrors(expected, answer.errors ?? [])];
}

/**
 * Tells whether the server refused a request for null that a variable brings to a place which takes none, where
 * GraphQL has the field fail and the others answered. It is the one departure that is known, and no other passes:
 * graphql-js must have raised the error itself, and the server must say this and nothing else.
 */
function isRefusedForNull({ errors }, answer) {
  const isOfReference = errors.some(({ extensions }) => extensions?.code === undefined);
  const isForNull = ({ message, extensions }) => {
    return extensions?.code === 'BAD_USER_INPUT' && /^the variable \$\w+ must not be null: /.test(message);
  };
  return isOfReference && !('data' in answer) && answer.errors.every(isForNull);
}

function ofRefusals(refusal, answer) {
  if ('data' in answer) {
    return [`expected a request error (${brief(refusal.errors)}), got data ${brief(answer.data)}`];
  }
  const found = [];
  if (!Array.isArray(answer.errors) || answer.errors.length === 0) {
    return [`a request error without errors: ${brief(answer)}`];
  }
  for (const error of answer.errors) {
    if (typeof error.message !== 'string') found.push(`an error without a message: ${brief(error)}`);
    if (error.path !== undefined) found.push(`a request error with a path: ${brief(error)}`);
    for (const { line, column } of error.locations ?? []) {
      if (!(line >= 1 && column >= 1)) found.push(`a location that is nowhere: ${brief(error)}`);
    }
    if (refusal.code && error.extensions?.code !== refusal.code) {
      found.push(`expected the code ${refusal.code}, got ${brief(error)}`);
    }
  }
  return found;
}

function ofErrors(expected, errors) {
  const found = [];
  const wanted = byNull(expected.data, expected.errors);
  const given = byNull(expected.data, errors);
  for (const [place, wantedHere] of wanted) {
    const givenHere = given.get(place) ?? [];
    const paths = givenHere.map((error) => JSON.stringify(error.path));
    if (new Set(paths).size < paths.length) found.push(`the same place failed twice: ${brief(givenHere)}`);
    if (givenHere.length === 0) {
      found.push(`expected an error for ${place}: ${brief(wantedHere[0])}; got none`);
    }
    const possible = [...wantedHere, ...(byNull(expected.data, expected.raised).get(place) ?? [])];
    for (const error of givenHere) {
      const match = possible.find((one) => JSON.stringify(one.path) === JSON.stringify(error.path));
      if (!match) {
        found.push(`expected an error at one of ${possible.map((one) => JSON.stringify(one.path)).join(' ')}, `
          + `got ${brief(error)}`);
      } else {
        found.push(...ofOneError(wantedHere.find((one) => one.path?.join() === error.path?.join()) ?? match, error));
      }
    }
  }
  for (const [place, givenHere] of given) {
    if (!wanted.has(place)) found.push(`expected no error for ${place}, got ${brief(givenHere)}`);
  }
  return found;
}

function ofOneError(wanted, given) {
  const found = [];
  // What graphql-js itself finds has no code, and words and places of its own: an argument that must not be null.
  const isOfResolver = wanted.extensions?.code !== undefined;
  if (isOfResolver && wanted.message !== given.message) {
    found.push(`expected "${wanted.message}", got "${given.message}"`);
  }
  const code = wanted.extensions?.code ?? 'BAD_USER_INPUT';
  if (code !== given.extensions?.code) found.push(`expected the code ${code}, got ${given.extensions?.code}`);
  const places = (wanted.locations ?? []).map((location) => JSON.stringify(at(location)));
  const isWithin = given.locations?.every((location) => places.includes(JSON.stringify(at(location))));
  if (isOfResolver && places.length > 0 && !(isWithin && given.locations.length > 0)) {
    found.push(`expected locations ${brief(wanted.locations)}, got ${brief(given.locations)} `
      + `for the error at ${JSON.stringify(given.path)}`);
  }
  return found;
}

/** Groups errors by the null that they explain: the first one on the way along their path. */
function byNull(data, errors) {
  const groups = new Map();
  for (const error of errors) {
    let value = data;
    const place = [];
    for (const key of error.path ?? []) {
      if (value === null || value === undefined) break;
      value = value[key];
      place.push(key);
    }
    const name = value === null || value === undefined ? JSON.stringify(place) : `${JSON.stringify(place)} (not null)`;
    groups.set(name, [...(groups.get(name) ?? []), error]);
  }
  return groups;
}

/** The schema's parts in the order of their names: schema.graphql has them so, and a client must not count on any. */
function comparable(value, key) {
  if (Array.isArray(value)) {
    const entries = value.map((entry) => comparable(entry));
    if (!SETS_OF_INTROSPECTION.has(key)) return entries;
    const name = (entry) => JSON.stringify(entry.name ?? entry);
    return entries.sort((one, other) => (name(one) < name(other) ? -1 : 1));
  }
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(Object.entries(value).map(([name, part]) => {
    // Of an interface's own interfaces the server says null where there are none; every tool takes it for none.
    const isNone = part === null && name === 'interfaces' && value.kind === 'INTERFACE';
    return [name, isNone ? [] : comparable(part, name)];
  }));
}

function at({ line, column }) {
  return [line, column];
}

/** Returns a text, or where it is long the part around the first sign in which it differs from the other. */
function around(text, other) {
  if (text.length < 1000) return text;
  let from = 0;
  while (text[from] === other[from]) from += 1;
  return `…${text.slice(Math.max(0, from - 200), from + 300)}…`;
}

function brief(value) {
  const text = JSON.stringify(value) ?? 'nothing';
  return text.length > 600 ? `${text.slice(0, 600)}…` : text;
}
