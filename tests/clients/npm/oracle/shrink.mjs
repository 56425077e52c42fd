// A document on which two answers differ, made as small as it can be while they still do.

import { parse, print, visit } from 'graphql';

/** What may be left out of a document. */
const PARTS = new Set([
  'Field', 'InlineFragment', 'FragmentSpread', 'FragmentDefinition', 'Directive', 'Argument', 'VariableDefinition',
]);

/** How many smaller documents are tried. */
const ATTEMPTS = 400;

/** Returns the smallest document found that still `fails`, or the document itself where it cannot be read. */
export async function shrink(query, fails) {
  let smallest;
  try {
    smallest = parse(query, { noLocation: true });
  } catch {
    return query;
  }
  let attempts = 0;
  for (let at = 0; at < count(smallest) && attempts < ATTEMPTS; ) {
    attempts += 1;
    const rest = without(smallest, at);
    const smaller = await firstThat([withoutUnused(rest), rest], (one) => fails(print(one)).catch(() => false));
    if (smaller) smallest = smaller;
    else at += 1;
  }
  return print(smallest);
}

function count(document) {
  let parts = 0;
  visit(document, {
    enter: (node) => {
      if (PARTS.has(node.kind)) parts += 1;
    },
  });
  return parts;
}

/** Returns the document without its part of this number, and without what thereby becomes empty. */
function without(document, number) {
  let at = -1;
  const rest = visit(document, {
    enter: (node) => {
      if (PARTS.has(node.kind)) at += 1;
      return PARTS.has(node.kind) && at === number ? null : undefined;
    },
  });
  const unlessEmpty = { leave: (node) => (node.selectionSet?.selections.length === 0 ? null : undefined) };
  return visit(rest, { Field: unlessEmpty, InlineFragment: unlessEmpty, FragmentDefinition: unlessEmpty });
}

/** Returns the document without the fragments and variables that nothing uses, which are errors of their own. */
function withoutUnused(document) {
  const used = new Set();
  visit(document, {
    FragmentSpread: (node) => void used.add(`...${node.name.value}`),
    Variable: (node, _key, parent) => {
      if (parent.kind !== 'VariableDefinition') used.add(`$${node.name.value}`);
    },
  });
  return visit(document, {
    FragmentDefinition: (node) => (used.has(`...${node.name.value}`) ? undefined : null),
    VariableDefinition: (node) => (used.has(`$${node.variable.name.value}`) ? undefined : null),
  });
}

async function firstThat(choices, holds) {
  for (const choice of choices) if (await holds(choice)) return choice;
  return undefined;
}
