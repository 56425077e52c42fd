// A document with one token taken out, doubled, swapped or replaced: nearly what it was, and mostly invalid.

import { Lexer, Source, TokenKind } from 'graphql';

import { Chance } from './random.mjs';

/** Words that replace a name; none of them is a mutation's. */
const WORDS = [
  'id', 'name', 'Event', 'Partner', 'Node', 'String', 'Int', 'skip', 'on', 'fragment', 'query', 'true', 'null', 'cow',
];

/** Returns a damaged copy of a document. */
export function damage(seed, query) {
  const chance = new Chance(seed);
  const tokens = tokensOf(query);
  const at = chance.below(tokens.length);
  const kind = chance.below(4);
  if (kind === 0) tokens.splice(at, 1);
  else if (kind === 1) tokens.splice(at, 0, tokens[at]);
  else if (kind === 2) tokens.splice(at, 2, ...tokens.slice(at, at + 2).reverse());
  else tokens[at] = chance.is(0.5) ? chance.one(WORDS) : chance.one(tokens);
  return tokens.join(' ');
}

function tokensOf(query) {
  const lexer = new Lexer(new Source(query));
  const tokens = [];
  for (let token = lexer.advance(); token.kind !== TokenKind.EOF; token = lexer.advance()) {
    tokens.push(query.slice(token.start, token.end));
  }
  return tokens;
}
