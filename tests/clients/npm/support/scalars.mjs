// The scalars of the schema that GraphQL does not have: each is a text in JSON.

import { buildSchema, isScalarType, isSpecifiedScalarType } from 'graphql';

import { schemaText } from './server.mjs';

/** What each is in a program; one that is left out would be `any`. */
export const scalars = Object.fromEntries(
  Object.values(buildSchema(schemaText).getTypeMap())
    .filter((type) => isScalarType(type) && !isSpecifiedScalarType(type))
    .map(({ name }) => [name, 'string']),
);
