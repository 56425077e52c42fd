// Mutations for the oracle: whatever the reference finds at a mutation's root is done once, by the plainest document.
//
// A mutation cannot be asked twice to compare, so that there are twins: two records made alike, one for the server
// and one for the reference. What is said of the one must be said of the other.

import { GraphQLError, getNamedType, isCompositeType, isLeafType } from 'graphql';

import { schema } from './reference.mjs';
import { ask, data } from '../support/server.mjs';

/** Makes two partners alike, and returns their ids. */
export async function makeTwins(headers) {
  const make = async () => {
    const query = `mutation { createPartner(input: { kind: ACADEMY, country: "UZ", note: "As it was made",
      names: { text: "Academy of twins", language: "en" } }) { partner { id } errors { message } } }`;
    return (await data({ query }, headers)).createPartner.partner.id;
  };
  return [await make(), await make()];
}

/** Returns what does a mutation's root field for the reference. */
export function performer(headers) {
  return async ({ name, args }, payload) => {
    const fields = Object.values(payload.getFields());
    const selection = fields.map((field) => `${field.name}${plainly(getNamedType(field.type))}`).join(' ');
    const answer = await ask({ query: `mutation { ${name}${args} { ${selection} } }` }, headers);
    const [error] = answer.errors ?? [];
    if (error) throw new GraphQLError(error.message, { extensions: error.extensions });
    return found(payload, answer.data[name]);
  };
}

/** Selects a part of a payload: a record by its id, anything else by its own values. */
function plainly(type) {
  if (!isCompositeType(type)) return '';
  if (isRecord(type)) return ' { id }';
  const leaves = Object.values(type.getFields()).filter((field) => isLeafType(getNamedType(field.type)));
  return ` { __typename ${leaves.map((field) => field.name).join(' ')} }`;
}

/** Turns a payload into what resolvers go on with; a record is read anew by its id. */
function found(payload, values) {
  if (values === null) return null;
  const plain = Object.entries(values).map(([name, value]) => {
    const type = getNamedType(payload.getFields()[name].type);
    if (value === null || !isCompositeType(type)) return [name, value];
    if (isRecord(type)) {
      const step = { name: 'node', args: `(id: ${JSON.stringify(value.id)})` };
      return [name, { typeName: type.name, on: type.name, steps: [step], at: ['node'] }];
    }
    const wrap = (part) => ({ typeName: part.__typename, plain: part });
    return [name, Array.isArray(value) ? value.map(wrap) : wrap(value)];
  });
  return { typeName: payload.name, plain: Object.fromEntries(plain) };
}

function isRecord(type) {
  return type.getInterfaces?.().includes(schema.getType('Node'));
}
